import type { Vm } from '../mmu/vm.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { kvmClearFlushYoung, kvmClearYoung, kvmTestYoung } from './aging.ts';
import { type AgingAnswer, agingAnswer } from './aging-answer.ts';
import { firstPageOf, pageBehind } from './byte-range.ts';

/**
 * The aging calls of the MMU notifier as the host's memory management makes them (mm/mmu_notifier.c): every subscriber is
 * asked, and their flags are ORed. `vm` is any virtual machine of the process. Byte ranges [start, end) of host virtual
 * memory are rounded outward to pages. `bitmap` is 0, or the first word of a bitmap that belongs to the caller, one bit a
 * page, bit 0 the last page of the range; it has `bitmapBits` bits, as many as the range has pages unless said otherwise.
 */

/**
 * mmu_notifier_test_young: whether pages are young; nothing changes. Fills the bitmap, which the caller cleared. Without one
 * the first subscriber that has an answer is enough; through one each has pages of its own to tell of.
 */
export function mmuNotifierTestYoung(
  m: Memory,
  vm: Vm,
  thread: number,
  start: number,
  end: number,
  bitmap: Word,
  bitmapBits: number = pagesOf(start, end),
): AgingAnswer {
  let flags = 0;
  for (let one = vm.mm.subscribers; one !== null; one = one.nextSubscriber) {
    flags |= kvmTestYoung(m, one, thread, start, end, bitmap, bitmapBits);
    if (flags !== 0 && (bitmap === 0 || !vm.rules.bitmapTestAsksAll)) break;
  }
  return answered(m, flags);
}

/** mmu_notifier_clear_young: makes pages old, those selected if there is a bitmap, of every subscriber. Never flushes TLBs. */
export function mmuNotifierClearYoung(
  m: Memory,
  vm: Vm,
  thread: number,
  start: number,
  end: number,
  bitmap: Word,
  bitmapBits: number = pagesOf(start, end),
): AgingAnswer {
  let flags = 0;
  for (let one = vm.mm.subscribers; one !== null; one = one.nextSubscriber) {
    flags |= kvmClearYoung(m, one, thread, start, end, bitmap, bitmapBits);
  }
  return answered(m, flags);
}

/** mmu_notifier_clear_flush_young: as clear_young without a bitmap; flushes TLBs if young, where the rules say so. */
export function mmuNotifierClearFlushYoung(m: Memory, vm: Vm, thread: number, start: number, end: number): AgingAnswer {
  let flags = 0;
  for (let one = vm.mm.subscribers; one !== null; one = one.nextSubscriber) {
    flags |= kvmClearFlushYoung(m, one, thread, start, end);
  }
  return answered(m, flags);
}

function answered(m: Memory, flags: number): AgingAnswer {
  m.note(GhostEvent.agingCallDone, -1, 0);
  return agingAnswer(flags);
}

/** Host pages that a byte range touches. */
function pagesOf(start: number, end: number): number {
  return pageBehind(end) - firstPageOf(start);
}
