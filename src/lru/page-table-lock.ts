import { queuedSpinLock, queuedSpinUnlock } from '../locks/queued-spinlock.ts';
import type { Vm } from '../mmu/vm.ts';
import { GhostEvent, LockKind } from '../shared/ghost-event.ts';
import type { Memory } from '../shared/memory.ts';

/**
 * pte_offset_map_lock: whoever asks KVM about a page's age holds the spinlock of the host's page table meanwhile, so that two
 * callers do not clear the same page at once.
 */
export function pageTableLock(m: Memory, vm: Vm, thread: number): void {
  if (!vm.rules.callersHoldPageTableLock) return;
  queuedSpinLock(m, vm.pageTableLock, thread);
  m.note(GhostEvent.lockAcquired, -1, LockKind.pageTable);
}

/** pte_unmap_unlock. */
export function pageTableUnlock(m: Memory, vm: Vm, thread: number): void {
  if (!vm.rules.callersHoldPageTableLock) return;
  m.note(GhostEvent.lockReleased, -1, LockKind.pageTable);
  queuedSpinUnlock(m, vm.pageTableLock, thread);
}
