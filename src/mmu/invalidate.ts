import { writeLock, writeUnlock } from '../locks/mmu-lock.ts';
import type { Memory } from '../shared/memory.ts';
import { firstSlot, slotGfn, slotPage, slotPages } from './memslots.ts';
import { unmapGfnRange } from './unmap.ts';
import { flushRemoteTlbs } from './vcpu-state.ts';
import type { Vm } from './vm.ts';

/** In `activeInvalidations`, beside their number: memslots are just being swapped (mn_invalidate_lock is held for it). */
export const SWAPPING = 1 << 30;

/**
 * kvm_mmu_notifier_invalidate_range_start over host pages [startPage, endPage): when it returns, no SPTE and no TLB
 * entry of this VM reaches what is behind them, and faults on them retry until `kvmInvalidateRangeEnd`. The caller holds
 * `vm.srcu`.
 */
export function kvmInvalidateRangeStart(m: Memory, vm: Vm, thread: number, startPage: number, endPage: number): void {
  // A memslot update waits for this count, so that start and end see the same slots.
  m.awaitAdd(vm.activeInvalidations, SWAPPING, 0, 1);
  let locked = false;
  let zapped = false;
  const first = firstSlot(m, vm);
  for (let slot = first; slot < first + vm.slotCount; slot++) {
    const page = slotPage(m, vm, slot);
    const from = Math.max(startPage, page);
    const to = Math.min(endPage, page + slotPages(m, vm, slot));
    if (from >= to) continue;
    if (!locked) {
      writeLock(m, vm.mmuLock, thread);
      locked = true;
      invalidateBegin(m, vm);
    }
    const toGfn = slotGfn(m, vm, slot) - page;
    invalidateRangeAdd(m, vm, from + toGfn, to + toGfn);
    const range = { slot, start: from + toGfn, end: to + toGfn, pageOffset: -toGfn };
    if (unmapGfnRange(m, vm, thread, range)) zapped = true;
  }
  // Before the lock goes: a fault that gets it next must not find a translation that some TLB still contradicts.
  if (zapped) flushRemoteTlbs(m, vm);
  if (locked) writeUnlock(m, vm.mmuLock);
}

/** kvm_mmu_notifier_invalidate_range_end. The caller holds `vm.srcu`. */
export function kvmInvalidateRangeEnd(m: Memory, vm: Vm, thread: number, startPage: number, endPage: number): void {
  if (touchesSlot(m, vm, startPage, endPage)) {
    writeLock(m, vm.mmuLock, thread);
    invalidateEnd(m, vm);
    writeUnlock(m, vm.mmuLock);
  }
  m.add(vm.activeInvalidations, -1);
  m.wake(vm.activeInvalidations);
}

function touchesSlot(m: Memory, vm: Vm, startPage: number, endPage: number): boolean {
  const first = firstSlot(m, vm);
  for (let slot = first; slot < first + vm.slotCount; slot++) {
    const page = slotPage(m, vm, slot);
    if (Math.max(startPage, page) < Math.min(endPage, page + slotPages(m, vm, slot))) return true;
  }
  return false;
}

/** kvm_mmu_invalidate_begin, under `mmu_lock` for write: the first of several in progress starts the union anew. */
function invalidateBegin(m: Memory, vm: Vm): void {
  const inProgress = m.load(vm.invalidateInProgress);
  m.store(vm.invalidateInProgress, inProgress + 1);
  if (inProgress !== 0) return;
  m.store(vm.invalidateStart, 0);
  m.store(vm.invalidateEnd, 0);
}

/** kvm_mmu_invalidate_range_add: one range is kept, the union of all in progress. */
function invalidateRangeAdd(m: Memory, vm: Vm, gfnStart: number, gfnEnd: number): void {
  const start = m.load(vm.invalidateStart);
  const end = m.load(vm.invalidateEnd);
  const empty = end === 0;
  m.store(vm.invalidateStart, empty ? gfnStart : Math.min(start, gfnStart));
  m.store(vm.invalidateEnd, empty ? gfnEnd : Math.max(end, gfnEnd));
}

/**
 * kvm_mmu_invalidate_end, under `mmu_lock` for write. The sequence moves before the count drops: a fault that reads
 * them in the opposite order sees at least one of them.
 */
function invalidateEnd(m: Memory, vm: Vm): void {
  m.add(vm.invalidateSeq, 1);
  m.add(vm.invalidateInProgress, -1);
}
