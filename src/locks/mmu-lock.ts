import { GhostEvent, LockKind } from '../shared/ghost-event.ts';
import type { LayoutBuilder } from '../shared/layout.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { createQueuedSpinlock, type QueuedSpinlock, queuedSpinLock, queuedSpinUnlock } from './queued-spinlock.ts';

/**
 * KVM's `mmu_lock` as Linux has it on x86: a queued rwlock (kernel/locking/qrwlock.c). Whoever cannot have it at once
 * queues, first come, first served; a waiting writer keeps new readers out, and a writer that comes again queues
 * behind the readers that waited meanwhile.
 */
export interface MmuLock {
  /** `LOCKED`, `WAITING` and the number of readers. */
  readonly cnts: Word;
  readonly waitLock: QueuedSpinlock;
}

/** A writer has the lock (_QW_LOCKED). */
export const LOCKED = 0xff;
/** A writer is at the head of the queue (_QW_WAITING). */
export const WAITING = 0x100;
/** One reader (_QR_BIAS). */
export const READER = 0x200;
const WRITER = LOCKED | WAITING;
const ALL = -1;

export function createMmuLock(layout: LayoutBuilder, name: string, threads: number): MmuLock {
  return Object.freeze({
    cnts: layout.region({
      name: `${name}.cnts`,
      count: 1,
      wordClass: 'shared',
      padded: true,
      meaning: 'qrwlock: readers << 9 | waiting << 8 | writer',
    }),
    waitLock: createQueuedSpinlock(layout, `${name}.waitLock`, threads),
  });
}

/** queued_read_lock. */
export function readLock(m: Memory, lock: MmuLock, thread: number): void {
  if (!m.addAndTest(lock.cnts, READER, WRITER)) {
    m.note(GhostEvent.lockAcquired, -1, LockKind.mmuLockRead);
    return;
  }
  m.note(GhostEvent.mmuLockWaitBegin, -1, 0);
  // Step back, so that the writer in front sees the readers drain, and queue.
  m.add(lock.cnts, -READER);
  m.wake(lock.cnts);
  queuedSpinLock(m, lock.waitLock, thread);
  // At the head of the queue: announce the reader first, so that a writer's fast path cannot overtake it, then wait
  // for the writer that has the lock.
  m.add(lock.cnts, READER);
  m.awaitBits(lock.cnts, LOCKED, 0);
  queuedSpinUnlock(m, lock.waitLock, thread);
  m.note(GhostEvent.mmuLockWaitEnd, -1, 0);
  m.note(GhostEvent.lockAcquired, -1, LockKind.mmuLockRead);
}

/** queued_read_unlock. */
export function readUnlock(m: Memory, lock: MmuLock): void {
  m.note(GhostEvent.lockReleased, -1, LockKind.mmuLockRead);
  m.add(lock.cnts, -READER);
  m.wake(lock.cnts);
}

/** queued_write_lock. */
export function writeLock(m: Memory, lock: MmuLock, thread: number): void {
  if (m.tryReplace(lock.cnts, 0, LOCKED)) {
    m.note(GhostEvent.lockAcquired, -1, LockKind.mmuLockWrite);
    return;
  }
  m.note(GhostEvent.mmuLockWaitBegin, -1, 0);
  queuedSpinLock(m, lock.waitLock, thread);
  if (!m.tryReplace(lock.cnts, 0, LOCKED)) {
    // Keeps new readers out from here on; those inside drain.
    m.setBits(lock.cnts, WAITING);
    m.awaitAdd(lock.cnts, ALL, WAITING, LOCKED - WAITING);
  }
  queuedSpinUnlock(m, lock.waitLock, thread);
  m.note(GhostEvent.mmuLockWaitEnd, -1, 0);
  m.note(GhostEvent.lockAcquired, -1, LockKind.mmuLockWrite);
}

/** queued_write_unlock: releases LOCKED only, since a queued writer may have set WAITING. */
export function writeUnlock(m: Memory, lock: MmuLock): void {
  m.note(GhostEvent.lockReleased, -1, LockKind.mmuLockWrite);
  m.clearBits(lock.cnts, LOCKED);
  m.wake(lock.cnts);
}
