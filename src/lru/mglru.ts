import type { Vm } from '../mmu/vm.ts';
import { PAGE_BYTES } from '../notifier/byte-range.ts';
import { setBitmapBit } from '../shared/bitmap.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { ageInBatches, MIN_LRU_BATCH } from './age-in-batches.ts';
import { clearFlushYoungCall, clearYoungPage } from './judged-calls.ts';
import { pageTableLock, pageTableUnlock } from './page-table-lock.ts';

/** MGLRU as a caller of the notifier (mm/vmscan.c). Pages found young are marked in a bitmap, bit 0 the last page. */

/** No page is left out. */
const NONE = -1;

/**
 * walk_pte_range over host pages [startPage, endPage): one clear_young a page, or version 3's batches. Linux 6.1 looks at the
 * host's own entries only and does not ask KVM.
 *
 * @param batch `LRU_BATCH_WORDS` words of the thread's own
 */
export function lruAgingWalk(
  m: Memory,
  vm: Vm,
  thread: number,
  startPage: number,
  endPage: number,
  young: Word,
  batch: Word,
): void {
  const { lruAsksKvm } = vm.rules;
  if (lruAsksKvm === 'at-eviction') return;
  pageTableLock(m, vm, thread);
  if (asksInBatches(vm)) {
    ageInBatches(m, vm, thread, startPage, endPage, NONE, batch, young, endPage - 1);
  } else {
    for (let page = startPage; page < endPage; page++) {
      if (clearYoungPage(m, vm, thread, page).answer === 'young') setBitmapBit(m, young, endPage - 1 - page);
    }
  }
  pageTableUnlock(m, vm, thread);
}

/**
 * folio_check_references of one page: whether it was referenced. If so, its neighbours are looked at as well
 * (lru_gen_look_around), by one clear_young each; in version 3 in batches, and only if the page's own answer was a fast one;
 * Linux 6.1 clears and flushes the page itself and asks KVM of no other.
 *
 * @param young marks pages of [0, vm.pages)
 * @param batch `LRU_BATCH_WORDS` words of the thread's own
 */
export function lruCheckReferences(m: Memory, vm: Vm, thread: number, page: number, young: Word, batch: Word): boolean {
  pageTableLock(m, vm, thread);
  const referenced = checkReferences(m, vm, thread, page, young, batch);
  pageTableUnlock(m, vm, thread);
  return referenced;
}

/** folio_referenced_one, with lru_gen_look_around. The caller holds the page-table lock. */
function checkReferences(m: Memory, vm: Vm, thread: number, page: number, young: Word, batch: Word): boolean {
  const last = vm.pages - 1;
  const { lruAsksKvm } = vm.rules;
  if (lruAsksKvm === 'at-eviction') {
    const { answer } = clearFlushYoungCall(m, vm, thread, page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
    if (answer === 'young') setBitmapBit(m, young, last - page);
    return answer === 'young';
  }
  const { answer, fast } = clearYoungPage(m, vm, thread, page);
  if (answer !== 'young') return false;
  setBitmapBit(m, young, last - page);
  const first = Math.max(0, page - MIN_LRU_BATCH / 2);
  const end = Math.min(vm.pages, page + MIN_LRU_BATCH / 2);
  if (asksInBatches(vm)) {
    if (fast) ageInBatches(m, vm, thread, first, end, page, batch, young, last);
    return true;
  }
  for (let neighbour = first; neighbour < end; neighbour++) {
    if (neighbour === page) continue;
    if (clearYoungPage(m, vm, thread, neighbour).answer === 'young') setBitmapBit(m, young, last - neighbour);
  }
  return true;
}

function asksInBatches({ rules }: Vm): boolean {
  return rules.lruAsksKvm === 'in-batches' || rules.lruAsksKvm === 'in-whole-batches';
}
