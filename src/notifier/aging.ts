import { readLock, readUnlock, writeLock, writeUnlock } from '../locks/mmu-lock.ts';
import { srcuReadLock, srcuReadUnlock } from '../locks/srcu.ts';
import { AGED_UNRELIABLY, AGED_YOUNG, ageGfnRange } from '../mmu/age-gfn.ts';
import { firstSlot, slotGfn, slotPage, slotPages } from '../mmu/memslots.ts';
import { haveRmaps, usesTdpMmu } from '../mmu/shadow-pages.ts';
import { CLEAR, TEST } from '../mmu/tdp-age.ts';
import { flushRemoteTlbs } from '../mmu/vcpu-state.ts';
import type { Vm } from '../mmu/vm.ts';
import { GhostEvent, KernelWarning } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { FAST, UNRELIABLE, YOUNG } from './aging-answer.ts';
import { firstPageOf, pageBehind } from './byte-range.ts';

/**
 * What one virtual machine does of the MMU notifier's aging calls (virt/kvm/kvm_main.c): byte ranges [start, end) of host
 * virtual memory, rounded outward to pages; the results are MMU_NOTIFIER_… flags. None of them sleeps. `bitmap` is 0, or
 * the first word of a bitmap that belongs to the caller, one bit a page, bit 0 the last page of the range; it has
 * `bitmapBits` bits.
 */

/** kvm_mmu_notifier_test_young: whether pages are young; nothing changes. Fills the bitmap, which the caller cleared. */
export function kvmTestYoung(
  m: Memory,
  vm: Vm,
  thread: number,
  start: number,
  end: number,
  bitmap: Word,
  bitmapBits: number,
): number {
  return testClearYoung(m, vm, thread, TEST, start, end, bitmap, bitmapBits);
}

/** kvm_mmu_notifier_clear_young: makes pages old, those selected if there is a bitmap. Never flushes TLBs. */
export function kvmClearYoung(
  m: Memory,
  vm: Vm,
  thread: number,
  start: number,
  end: number,
  bitmap: Word,
  bitmapBits: number,
): number {
  return testClearYoung(m, vm, thread, CLEAR, start, end, bitmap, bitmapBits);
}

/** kvm_mmu_notifier_clear_flush_young: as clear_young without a bitmap; flushes TLBs if young, where the rules say so. */
export function kvmClearFlushYoung(m: Memory, vm: Vm, thread: number, start: number, end: number): number {
  const flushIfYoung = vm.rules.clearFlushYoungFlushes;
  const aged = ageHvaRange(m, vm, thread, CLEAR, start, end, 0, 0, !vm.rules.agingTakesMmuLock, flushIfYoung);
  return (aged & AGED_YOUNG) !== 0 ? YOUNG : 0;
}

/**
 * kvm_mmu_notifier_test_clear_young (v3): a fast pass, if there is one. One that gave up has done nothing that counts:
 * with a bitmap the call gives up as well, without one it begins again under `mmu_lock`.
 *
 * @returns MMU_NOTIFIER_… flags
 */
function testClearYoung(
  m: Memory,
  vm: Vm,
  thread: number,
  action: number,
  start: number,
  end: number,
  bitmap: Word,
  bitmapBits: number,
): number {
  const { rules } = vm;
  let young = 0;
  if (prepareBitmapAge(m, vm, thread)) {
    const aged = ageHvaRange(m, vm, thread, action, start, end, bitmap, bitmapBits, true, false);
    finishBitmapAge(m, vm);
    young = (aged & AGED_YOUNG) === 0 ? 0 : rules.answersFast ? FAST : YOUNG;
    if ((aged & AGED_UNRELIABLY) === 0) return young;
    if (!rules.keepsFastYoung) young = 0;
    if (bitmap !== 0) return young | UNRELIABLE;
  } else if (bitmap !== 0 && (!rules.honoursBitmap || rules.fastPass !== 'none')) {
    return UNRELIABLE;
  }
  const lockless = !rules.agingTakesMmuLock;
  const aged = ageHvaRange(m, vm, thread, action, start, end, bitmap, bitmapBits, lockless, false);
  return young | ((aged & AGED_YOUNG) !== 0 ? YOUNG : 0);
}

/** kvm_arch_prepare_bitmap_age: whether there is a fast pass; on arm64 it takes the lock for it. */
function prepareBitmapAge(m: Memory, vm: Vm, thread: number): boolean {
  switch (vm.rules.fastPass) {
    case 'none':
      return false;
    case 'accessed-bits':
      return usesTdpMmu(vm) && vm.machine.adBits;
    case 'accessed-bits-no-rmaps':
      return usesTdpMmu(vm) && vm.machine.adBits && !(vm.hasShadowMmu && haveRmaps(m, vm));
    case 'read-lock':
      readLock(m, vm.mmuLock, thread);
      return true;
  }
}

/** kvm_arch_finish_bitmap_age. */
function finishBitmapAge(m: Memory, vm: Vm): void {
  if (vm.rules.fastPass === 'read-lock') readUnlock(m, vm.mmuLock);
}

/**
 * __kvm_handle_hva_range, for aging.
 *
 * @param lockless without `mmu_lock`
 * @returns `AGED_YOUNG`, `AGED_UNRELIABLY`
 */
function ageHvaRange(
  m: Memory,
  vm: Vm,
  thread: number,
  action: number,
  start: number,
  end: number,
  bitmap: Word,
  bitmapBits: number,
  lockless: boolean,
  flushIfYoung: boolean,
): number {
  if (end <= start) {
    m.note(GhostEvent.kernelWarning, firstPageOf(start), KernelWarning.emptyRange);
    return 0;
  }
  const hasMetadata = lockless || vm.rules.slowPassHasMetadata;
  const firstPage = firstPageOf(start);
  const endPage = vm.rules.roundsOutward ? pageBehind(end) : firstPageOf(end);
  const lastPage = endPage - 1;
  let aged = 0;
  let locked = false;
  srcuReadLock(m, vm.srcu, thread);
  const first = firstSlot(m, vm);
  for (let slot = first; slot < first + vm.slotCount; slot++) {
    const page = slotPage(m, vm, slot);
    const from = Math.max(firstPage, page);
    const to = Math.min(endPage, page + slotPages(m, vm, slot));
    if (from >= to) continue;
    // The lock is taken at the first slot that the range meets: a range without guest memory never takes it.
    if (!lockless && !locked) {
      writeLock(m, vm.mmuLock, thread);
      locked = true;
    }
    const toGfn = slotGfn(m, vm, slot) - page;
    const range = {
      slot,
      start: from + toGfn,
      end: to + toGfn,
      pageOffset: -toGfn,
      bitmap,
      lastPage,
      bitmapBits,
      lockless,
      hasMetadata,
    };
    // A slot that makes the pass give up does not keep it from going on to the next.
    aged |= ageGfnRange(m, vm, thread, range, action);
    if (!vm.rules.agesEverySlot) break;
  }
  if (flushIfYoung && (aged & AGED_YOUNG) !== 0) flushRemoteTlbs(m, vm);
  if (locked) writeUnlock(m, vm.mmuLock);
  srcuReadUnlock(m, vm.srcu, thread);
  return aged;
}

/** Whether an aging call and a zap in the TDP MMU keep each other out: both take `mmu_lock`, and one of them for write. */
export function agingTakesTurns(vm: Vm): boolean {
  const { agingTakesMmuLock, fastPass, tdpBulkTakesMmuLock } = vm.rules;
  return agingTakesMmuLock && (fastPass === 'none' || (fastPass === 'read-lock' && tdpBulkTakesMmuLock === 'write'));
}
