import { ANY_SRCU, GhostEvent, LockKind, LockMisuse, NEEDED_SHIFT } from '../shared/ghost-event.ts';

const MMU_LOCK = LockKind.mmuLockRead | LockKind.mmuLockWrite;
/** Whoever holds one of these must not sleep. Inside an SRCU section one may, but not until that section itself ends. */
const FORBIDS_SLEEP = MMU_LOCK | LockKind.rcu | LockKind.rmapBit | ANY_SRCU | LockKind.pageTable;

/**
 * What must not be held by who takes a lock: the host's page-table lock comes first, then `mmu_lock`, then RCU and an
 * rmap's bit lock. An SRCU section waits for nobody, and may begin anywhere.
 */
const COMES_AFTER: ReadonlyMap<number, number> = new Map([
  [LockKind.pageTable, MMU_LOCK | LockKind.rcu | LockKind.rmapBit | ANY_SRCU],
  [LockKind.mmuLockRead, MMU_LOCK | LockKind.rcu | LockKind.rmapBit],
  [LockKind.mmuLockWrite, MMU_LOCK | LockKind.rcu | LockKind.rmapBit],
]);

/**
 * `lock-discipline` of one thread: which locks and read side sections it holds follows from its own notes alone, as in
 * Linux's lockdep.
 */
export class LockTracker {
  /** The locks that the thread holds, as bits. */
  held = 0;

  /** What is wrong with a note, as a `LockMisuse`; undefined if nothing is, or it is not about locks. */
  note(event: number, value: number): number | undefined {
    switch (event) {
      case GhostEvent.rcuReadLock:
        return this.#acquire(LockKind.rcu);
      case GhostEvent.rcuReadUnlock:
        return this.#release(LockKind.rcu);
      case GhostEvent.lockAcquired:
        return this.#acquire(value);
      case GhostEvent.lockReleased:
        return this.#release(value);
      case GhostEvent.lockNeeded:
        return (this.held & value) === 0 ? LockMisuse.notHeld | (value << NEEDED_SHIFT) : undefined;
      case GhostEvent.mightSleep:
        return (this.held & FORBIDS_SLEEP) === 0 ? undefined : LockMisuse.sleepsUnderSpinlock;
      default:
        return undefined;
    }
  }

  /** The thread's operation has returned. */
  end(): number | undefined {
    return this.held === 0 ? undefined : LockMisuse.heldAtReturn;
  }

  #acquire(kind: number): number | undefined {
    const before = this.held;
    this.held |= kind;
    if ((before & kind) !== 0) return LockMisuse.acquiredTwice;
    return (before & (COMES_AFTER.get(kind) ?? 0)) === 0 ? undefined : LockMisuse.wrongOrder;
  }

  #release(kind: number): number | undefined {
    const before = this.held;
    this.held &= ~kind;
    return (before & kind) === 0 ? LockMisuse.releasedWithoutHolding : undefined;
  }
}
