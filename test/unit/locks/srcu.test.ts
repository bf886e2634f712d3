import { describe, expect, it } from 'vitest';
import { createSrcu, type Srcu, srcuReadLock, srcuReadUnlock, synchronizeSrcu } from '../../../src/locks/srcu.ts';
import type { Memory } from '../../../src/shared/memory.ts';
import { createArena } from '../../support/arena.ts';
import { UnwaitingMemory, WouldBlock } from '../../support/unwaiting-memory.ts';

const arena = createArena((layout) => createSrcu(layout, 'srcu', 2));
const srcu = arena.parts;

type Synchronize = (m: Memory, srcu: Srcu) => void;

/** A reader looked up its side before an update and enters it only after: the next update must wait for it. */
function waitsForLateReader(synchronize: Synchronize): boolean {
  const m = new UnwaitingMemory(arena);
  const side = m.load(srcu.side);
  synchronize(m, srcu);
  m.store(srcu.readers, 1 << side);
  return waits(() => synchronize(m, srcu));
}

function waits(update: () => void): boolean {
  try {
    update();
    return false;
  } catch (error) {
    if (error instanceof WouldBlock) return true;
    throw error;
  }
}

/** Broken: flips without draining the other side first. */
const drainsOneSide: Synchronize = (m, { side, readers, threads }) => {
  const current = m.load(side);
  m.store(side, current ^ 1);
  for (let thread = 0; thread < threads; thread++) m.awaitBits(readers + thread, 1 << current, 0);
};

describe('synchronizeSrcu', () => {
  it.each([0, 1])('waits for a reader on side %i, and for nobody once it has left', (side) => {
    const m = new UnwaitingMemory(arena);
    if (side === 1) synchronizeSrcu(m, srcu);
    expect(m.load(srcu.side)).toBe(side);
    srcuReadLock(m, srcu, 1);
    expect(waits(() => synchronizeSrcu(m, srcu))).toBe(true);
    srcuReadUnlock(m, srcu, 1);
    expect(waits(() => synchronizeSrcu(m, srcu))).toBe(false);
  });

  it('waits for a reader that enters the side of an earlier time', () => {
    expect(waitsForLateReader(synchronizeSrcu)).toBe(true);
  });

  it('would be caught if it drained one side only', () => {
    expect(waitsForLateReader(drainsOneSide)).toBe(false);
  });
});
