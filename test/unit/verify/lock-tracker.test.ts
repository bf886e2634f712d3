import { describe, expect, it } from 'vitest';
import { GhostEvent, LockKind, LockMisuse, NEEDED_SHIFT } from '../../../src/shared/ghost-event.ts';
import { LockTracker } from '../../../src/verify/lock-tracker.ts';

const { srcu, mmuLockRead, mmuLockWrite, rcu, rmapBit, pageTable } = LockKind;

/** What the last note comes to, behind others that come to nothing. */
function lastOf(...notes: readonly (readonly [event: number, value: number])[]): number | undefined {
  const tracker = new LockTracker();
  const found = notes.map(([event, value]) => tracker.note(event, value));
  expect(found.slice(0, -1).filter((misuse) => misuse !== undefined)).toEqual([]);
  return found.at(-1);
}

const take = (kind: number) => [GhostEvent.lockAcquired, kind] as const;
const release = (kind: number) => [GhostEvent.lockReleased, kind] as const;
const need = (kinds: number) => [GhostEvent.lockNeeded, kinds] as const;

describe('The locks of a thread', () => {
  it('may be taken in the order of the kernel', () => {
    expect(lastOf(take(pageTable), take(srcu), take(mmuLockWrite), take(rmapBit), release(rmapBit))).toBeUndefined();
    // Version 3 on arm64 does this: nothing waits for an SRCU section under mmu_lock.
    expect(lastOf(take(mmuLockRead), take(srcu))).toBeUndefined();
  });

  it.each([
    ['mmu_lock under RCU', [[GhostEvent.rcuReadLock, 0] as const, take(mmuLockWrite)]],
    ["mmu_lock under an rmap's bit lock", [take(rmapBit), take(mmuLockRead)]],
    ['the page-table lock under mmu_lock', [take(mmuLockRead), take(pageTable)]],
    ['mmu_lock for write under itself for read', [take(mmuLockRead), take(mmuLockWrite)]],
  ])('may not be taken in another: %s', (_, notes) => {
    expect(lastOf(...notes)).toBe(LockMisuse.wrongOrder);
  });

  it('are taken once, and given back once', () => {
    expect(lastOf(take(srcu), take(srcu))).toBe(LockMisuse.acquiredTwice);
    expect(lastOf(take(srcu), release(srcu), release(srcu))).toBe(LockMisuse.releasedWithoutHolding);
    expect(lastOf(take(mmuLockRead), release(mmuLockWrite))).toBe(LockMisuse.releasedWithoutHolding);
  });

  it('are there where one of them is needed', () => {
    expect(lastOf(need(rcu | mmuLockRead))).toBe(LockMisuse.notHeld | ((rcu | mmuLockRead) << NEEDED_SHIFT));
    expect(lastOf(take(mmuLockRead), need(rcu | mmuLockRead))).toBeUndefined();
    expect(lastOf([GhostEvent.rcuReadLock, 0], need(rcu | mmuLockRead))).toBeUndefined();
    expect(lastOf([GhostEvent.rcuReadLock, 0], [GhostEvent.rcuReadUnlock, 0], need(rcu))).toBe(
      LockMisuse.notHeld | (rcu << NEEDED_SHIFT),
    );
  });

  it('are none under which the thread sleeps', () => {
    expect(lastOf([GhostEvent.mightSleep, 0])).toBeUndefined();
    for (const kind of [srcu, mmuLockRead, mmuLockWrite, rmapBit, pageTable]) {
      expect(lastOf(take(kind), [GhostEvent.mightSleep, 0])).toBe(LockMisuse.sleepsUnderSpinlock);
    }
  });

  it('are given back when an operation returns', () => {
    const tracker = new LockTracker();
    expect(tracker.end()).toBeUndefined();
    tracker.note(...take(mmuLockRead));
    expect(tracker.end()).toBe(LockMisuse.heldAtReturn);
  });
});
