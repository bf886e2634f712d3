import type { Vm } from '../mmu/vm.ts';
import { PAGE_BYTES } from '../notifier/byte-range.ts';
import { mmuNotifierClearYoung, mmuNotifierTestYoung } from '../notifier/subscribers.ts';
import { bitmapWords, clearBitmap, setBitmapBit, testBitmapBit } from '../shared/bitmap.ts';
import { CallAnswer, GhostEvent } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';

/** MIN_LRU_BATCH: pages that a batch, and a look-around, covers at most. */
export const MIN_LRU_BATCH = 64;
/** Words of a batch's bitmap. */
export const LRU_BATCH_WORDS = bitmapWords(MIN_LRU_BATCH);

/**
 * Version 3's MGLRU over host pages [startPage, endPage) (lru_gen_test_young, lru_gen_skip_young, lru_gen_clear_young): of
 * each batch one test through a bitmap, then one clear through what is left of the same bitmap. What the calls return is
 * looked at by nobody: where they say that the bitmap is unreliable, its zeros are taken for old pages.
 *
 * @param own a page in the range that is not to be aged again, or -1
 * @param young where pages found young are marked, bit 0 `lastOfYoung`
 */
export function ageInBatches(
  m: Memory,
  vm: Vm,
  thread: number,
  startPage: number,
  endPage: number,
  own: number,
  batch: Word,
  young: Word,
  lastOfYoung: number,
): void {
  for (let first = startPage; first < endPage; first += MIN_LRU_BATCH) {
    const end = Math.min(first + MIN_LRU_BATCH, endPage);
    ageBatch(m, vm, thread, first, end, own, batch, young, lastOfYoung);
  }
}

function ageBatch(
  m: Memory,
  vm: Vm,
  thread: number,
  first: number,
  end: number,
  own: number,
  batch: Word,
  young: Word,
  lastOfYoung: number,
): void {
  const pages = end - first;
  const last = end - 1;
  for (let page = first; page < end; page++) if (page !== own) m.note(GhostEvent.callBegin, page, 1);
  clearBitmap(m, batch, MIN_LRU_BATCH);
  mmuNotifierTestYoung(m, vm, thread, first * PAGE_BYTES, end * PAGE_BYTES, batch, pages);
  if (own >= first && own < end) dropBit(m, batch, last - own);
  clearBatch(m, vm, thread, last, pages, batch);
  for (let page = first; page < end; page++) {
    if (page === own) continue;
    const isYoung = testBitmapBit(m, batch, last - page);
    if (isYoung) setBitmapBit(m, young, lastOfYoung - page);
    m.note(GhostEvent.callEnd, page, isYoung ? CallAnswer.young : CallAnswer.old);
  }
}

/**
 * lru_gen_clear_young: the range is trimmed to what the bitmap selects. KVM reckons bits from the end of the range that it
 * is given, so that a trimmed end shifts what each bit means.
 */
function clearBatch(m: Memory, vm: Vm, thread: number, last: number, pages: number, batch: Word): void {
  let lowest = 0;
  while (lowest < pages && !testBitmapBit(m, batch, lowest)) lowest++;
  if (lowest === pages) return;
  let highest = pages - 1;
  while (!testBitmapBit(m, batch, highest)) highest--;
  if (vm.rules.lruAsksKvm === 'in-whole-batches') {
    lowest = 0;
    highest = pages - 1;
  }
  const start = (last - highest) * PAGE_BYTES;
  const end = (last - lowest + 1) * PAGE_BYTES;
  mmuNotifierClearYoung(m, vm, thread, start, end, batch, pages);
}

function dropBit(m: Memory, bitmap: Word, index: number): void {
  const word = bitmap + (index >>> 5);
  m.storeOwn(word, m.loadOwn(word) & ~(1 << (index & 31)));
}
