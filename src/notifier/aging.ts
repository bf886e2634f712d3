import { writeLock, writeUnlock } from '../locks/mmu-lock.ts';
import { srcuReadLock, srcuReadUnlock } from '../locks/srcu.ts';
import { ageGfnRange } from '../mmu/age-gfn.ts';
import { firstSlot, slotGfn, slotPage, slotPages } from '../mmu/memslots.ts';
import { CLEAR, TEST } from '../mmu/tdp-age.ts';
import { flushRemoteTlbs } from '../mmu/vcpu-state.ts';
import type { Vm } from '../mmu/vm.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { type AgingAnswer, agingAnswer, UNRELIABLE, YOUNG } from './aging-answer.ts';
import { firstPageOf, pageBehind } from './byte-range.ts';

/**
 * The aging calls of the MMU notifier: byte ranges [start, end) of host virtual memory, rounded outward to pages. None
 * of them sleeps. `bitmap` is 0, or the first word of a bitmap that belongs to the caller, one bit a page, bit 0 the
 * last page of the range.
 */

/** kvm_mmu_notifier_test_young: whether pages are young; nothing changes. Fills the bitmap, which the caller cleared. */
export function mmuNotifierTestYoung(
  m: Memory,
  vm: Vm,
  thread: number,
  start: number,
  end: number,
  bitmap: Word,
): AgingAnswer {
  return ageHvaRange(m, vm, thread, TEST, start, end, bitmap, false);
}

/** kvm_mmu_notifier_clear_young: makes pages old, those selected if there is a bitmap. Never flushes TLBs. */
export function mmuNotifierClearYoung(
  m: Memory,
  vm: Vm,
  thread: number,
  start: number,
  end: number,
  bitmap: Word,
): AgingAnswer {
  return ageHvaRange(m, vm, thread, CLEAR, start, end, bitmap, false);
}

/** kvm_mmu_notifier_clear_flush_young: as clear_young without a bitmap; flushes TLBs if young, where the rules say so. */
export function mmuNotifierClearFlushYoung(m: Memory, vm: Vm, thread: number, start: number, end: number): AgingAnswer {
  return ageHvaRange(m, vm, thread, CLEAR, start, end, 0, vm.rules.clearFlushYoungFlushes);
}

/** kvm_handle_hva_range, for aging. */
function ageHvaRange(
  m: Memory,
  vm: Vm,
  thread: number,
  action: number,
  start: number,
  end: number,
  bitmap: Word,
  flushIfYoung: boolean,
): AgingAnswer {
  if (end <= start) {
    // WARN_ON_ONCE(range->end <= range->start)
    m.note(GhostEvent.kernelWarning, firstPageOf(start), 0);
    return agingAnswer(0);
  }
  if (bitmap !== 0 && !vm.rules.honoursBitmap) return agingAnswer(UNRELIABLE);

  const firstPage = firstPageOf(start);
  const endPage = vm.rules.roundsOutward ? pageBehind(end) : firstPageOf(end);
  let young = false;
  let locked = false;
  srcuReadLock(m, vm.srcu, thread);
  const first = firstSlot(m, vm);
  for (let slot = first; slot < first + vm.slotCount; slot++) {
    const page = slotPage(m, vm, slot);
    const from = Math.max(firstPage, page);
    const to = Math.min(endPage, page + slotPages(m, vm, slot));
    if (from >= to) continue;
    // The lock is taken at the first slot that the range meets: a range without guest memory never takes it.
    if (vm.rules.agingTakesMmuLock && !locked) {
      writeLock(m, vm.mmuLock, thread);
      locked = true;
    }
    const toGfn = slotGfn(m, vm, slot) - page;
    const range = { slot, start: from + toGfn, end: to + toGfn, pageOffset: -toGfn, bitmap, lastPage: endPage - 1 };
    if (ageGfnRange(m, vm, thread, range, action)) young = true;
    if (!vm.rules.agesEverySlot) break;
  }
  if (flushIfYoung && young) flushRemoteTlbs(m, vm);
  if (locked) writeUnlock(m, vm.mmuLock);
  srcuReadUnlock(m, vm.srcu, thread);
  return agingAnswer(young ? YOUNG : 0);
}
