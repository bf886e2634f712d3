import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createRcu,
  initRcu,
  type Rcu,
  rcuElapsed,
  rcuReadLock,
  rcuReadUnlock,
  rcuStamp,
} from '../../../src/locks/rcu.ts';
import type { Memory } from '../../../src/shared/memory.ts';
import { createArena, singleThreadMemory } from '../../support/arena.ts';

const THREADS = 3;
const arena = createArena((layout) => createRcu(layout, 'rcu', THREADS));

const step = fc.oneof(
  { weight: 3, arbitrary: fc.nat({ max: THREADS - 1 }).map((thread) => ({ kind: 'toggle' as const, thread })) },
  { weight: 1, arbitrary: fc.constant({ kind: 'retire' as const }) },
);

/** An object is free once every section that was open when it was retired has ended. */
function freesExactly(elapsed: (m: Memory, rcu: Rcu, stamp: number) => boolean): void {
  fc.assert(
    fc.property(fc.array(step), fc.constantFrom(1, 2 ** 31 - 1, 2 ** 31 - 2, 2 ** 31 - 4), (steps, epoch) => {
      const m = singleThreadMemory(arena);
      const rcu = arena.parts;
      initRcu(m, rcu);
      m.store(rcu.epoch, epoch);
      let sections = 0;
      const open = new Map<number, number>();
      const retired: { stamp: number; waitsFor: number[] }[] = [];
      for (const current of steps) {
        if (current.kind === 'retire') {
          retired.push({ stamp: rcuStamp(m, rcu), waitsFor: [...open.values()] });
        } else if (open.delete(current.thread)) {
          rcuReadUnlock(m, rcu, current.thread);
        } else {
          rcuReadLock(m, rcu, current.thread);
          open.set(current.thread, sections++);
        }
        const stillOpen = [...open.values()];
        for (const { stamp, waitsFor } of retired) {
          expect(elapsed(m, rcu, stamp)).toBe(!waitsFor.some((section) => stillOpen.includes(section)));
        }
      }
    }),
  );
}

describe('rcuElapsed', () => {
  it('waits for exactly the sections that were open, across the change of sign of the epoch too', () => {
    freesExactly(rcuElapsed);
  });

  it.each<[string, (m: Memory, rcu: Rcu, stamp: number) => boolean]>([
    ['did not wait', () => true],
    ['looked at one thread only', (m, rcu, stamp) => rcuElapsed(m, { ...rcu, threads: 1 }, stamp)],
    ['waited for whoever reads', (m, rcu) => rcuElapsed(m, rcu, m.load(rcu.epoch) + 1)],
    [
      'compared epochs as they stand',
      (m, rcu, stamp) =>
        Array.from({ length: THREADS }, (_, thread) => m.load(rcu.readers + thread)).every(
          (began) => began === 0 || began >= stamp,
        ),
    ],
  ])('would be caught if it %s', (_name, broken) => {
    expect(() => freesExactly(broken)).toThrow();
  });
});
