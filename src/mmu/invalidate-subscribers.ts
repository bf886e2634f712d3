import { srcuReadLock, srcuReadUnlock } from '../locks/srcu.ts';
import type { Memory } from '../shared/memory.ts';
import { kvmInvalidateRangeEnd, kvmInvalidateRangeStart } from './invalidate.ts';
import type { Vm } from './vm.ts';

/**
 * Invalidation as the host's memory management calls it (mm/mmu_notifier.c): the start of all subscribers, then whatever the
 * host changes, then the end of all. `vm` is any virtual machine of the process.
 */

/**
 * mmu_notifier_invalidate_range_start over host pages [startPage, endPage): when it returns, no guest reaches what is behind
 * them, and faults on them retry until `mmuNotifierInvalidateRangeEnd`.
 */
export function mmuNotifierInvalidateRangeStart(
  m: Memory,
  vm: Vm,
  thread: number,
  startPage: number,
  endPage: number,
): void {
  startAll(m, vm, null, thread, startPage, endPage);
}

/** The same for a caller that holds `vm.srcu`: a fault for which the host has to replace a page. */
export function invalidateRangeStart(m: Memory, vm: Vm, thread: number, startPage: number, endPage: number): void {
  startAll(m, vm, vm, thread, startPage, endPage);
}

/** mmu_notifier_invalidate_range_end. */
export function mmuNotifierInvalidateRangeEnd(
  m: Memory,
  vm: Vm,
  thread: number,
  startPage: number,
  endPage: number,
): void {
  endAll(m, vm, null, thread, startPage, endPage);
}

/** The same for a caller that holds `vm.srcu`. */
export function invalidateRangeEnd(m: Memory, vm: Vm, thread: number, startPage: number, endPage: number): void {
  endAll(m, vm, vm, thread, startPage, endPage);
}

/** @param held the machine whose `srcu` the caller holds already */
function startAll(m: Memory, vm: Vm, held: Vm | null, thread: number, startPage: number, endPage: number): void {
  for (let one = vm.mm.subscribers; one !== null; one = one.nextSubscriber) {
    if (one !== held) srcuReadLock(m, one.srcu, thread);
    kvmInvalidateRangeStart(m, one, thread, startPage, endPage);
    if (one !== held) srcuReadUnlock(m, one.srcu, thread);
  }
}

function endAll(m: Memory, vm: Vm, held: Vm | null, thread: number, startPage: number, endPage: number): void {
  for (let one = vm.mm.subscribers; one !== null; one = one.nextSubscriber) {
    if (one !== held) srcuReadLock(m, one.srcu, thread);
    kvmInvalidateRangeEnd(m, one, thread, startPage, endPage);
    if (one !== held) srcuReadUnlock(m, one.srcu, thread);
  }
}
