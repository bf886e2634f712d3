import type { Vm } from '../mmu/vm.ts';
import { PAGE_BYTES } from '../notifier/byte-range.ts';
import { setBitmapBit } from '../shared/bitmap.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { clearFlushYoungCall, clearYoungPage } from './judged-calls.ts';

/** MGLRU as a caller of the notifier (mm/vmscan.c). Pages found young are marked in a bitmap, bit 0 the last page. */

/** MIN_LRU_BATCH: pages that a look-around covers at most. */
const LOOK_AROUND = 64;

/**
 * walk_pte_range over host pages [startPage, endPage): one clear_young a page. Linux 6.1 looks at the host's own entries only
 * and does not ask KVM.
 */
export function lruAgingWalk(
  m: Memory,
  vm: Vm,
  thread: number,
  startPage: number,
  endPage: number,
  young: Word,
): boolean {
  if (vm.rules.lruAsksKvm === 'at-eviction') return false;
  let found = false;
  for (let page = startPage; page < endPage; page++) {
    if (!clearYoungPage(m, vm, thread, page)) continue;
    found = true;
    setBitmapBit(m, young, endPage - 1 - page);
  }
  return found;
}

/**
 * folio_check_references of one page: whether it was referenced. If so, its neighbours are looked at as well
 * (lru_gen_look_around), by one clear_young each; Linux 6.1 clears and flushes the page itself and asks KVM of no other.
 *
 * @param young marks pages of [0, vm.pages)
 */
export function lruCheckReferences(m: Memory, vm: Vm, thread: number, page: number, young: Word): boolean {
  const last = vm.pages - 1;
  if (vm.rules.lruAsksKvm === 'at-eviction') {
    const { answer } = clearFlushYoungCall(m, vm, thread, page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
    if (answer !== 'young') return false;
    setBitmapBit(m, young, last - page);
    return true;
  }
  if (!clearYoungPage(m, vm, thread, page)) return false;
  setBitmapBit(m, young, last - page);
  const first = Math.max(0, page - LOOK_AROUND / 2);
  const end = Math.min(vm.pages, page + LOOK_AROUND / 2);
  for (let neighbour = first; neighbour < end; neighbour++) {
    if (neighbour !== page && clearYoungPage(m, vm, thread, neighbour)) setBitmapBit(m, young, last - neighbour);
  }
  return true;
}
