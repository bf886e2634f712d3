import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  createMmuLock,
  LOCKED,
  READER,
  readLock,
  readUnlock,
  writeLock,
  writeUnlock,
} from '../../../src/locks/mmu-lock.ts';
import { createArena } from '../../support/arena.ts';
import { UnwaitingMemory, WouldBlock } from '../../support/unwaiting-memory.ts';

const THREADS = 4;
const arena = createArena((layout) => createMmuLock(layout, 'lock', THREADS));

const step = fc.record({ thread: fc.nat({ max: THREADS - 1 }), writes: fc.boolean() });

it('mmu_lock lets in whom it may, makes the others wait, and ends as it began', () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const m = new UnwaitingMemory(arena);
      const lock = arena.parts;
      const inside = new Map<number, 'reader' | 'writer'>();
      const leave = (thread: number): void => {
        if (inside.get(thread) === 'writer') writeUnlock(m, lock);
        else readUnlock(m, lock);
        inside.delete(thread);
      };
      for (const { thread, writes } of steps) {
        if (inside.has(thread)) {
          leave(thread);
        } else {
          const waits = writes ? inside.size > 0 : [...inside.values()].includes('writer');
          const enter = () => (writes ? writeLock : readLock)(m, lock, thread);
          if (waits) {
            expect(enter).toThrow(WouldBlock);
            return;
          }
          enter();
          inside.set(thread, writes ? 'writer' : 'reader');
        }
        const writer = [...inside.values()].includes('writer');
        expect(m.load(lock.cnts)).toBe(writer ? LOCKED : inside.size * READER);
      }
      for (const thread of inside.keys()) leave(thread);
      expect([m.load(lock.cnts), m.load(lock.waitLock.tail)]).toEqual([0, 0]);
    }),
  );
});
