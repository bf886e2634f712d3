import { srcuReadLock, srcuReadUnlock } from '../locks/srcu.ts';
import { getUserPage } from '../mmu/gup.ts';
import { hasWholePmd, hostPmdWord } from '../mmu/host-page-state.ts';
import {
  HOST_LAZYFREE,
  HOST_PRESENT,
  HOST_SHARED,
  HOST_WRITABLE,
  HOST_ZERO,
  hostVersionOf,
  sameHostPage,
} from '../mmu/host-page-table.ts';
import { splitHostHugePage } from '../mmu/host-split.ts';
import { mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStart } from '../mmu/invalidate.ts';
import type { Vm } from '../mmu/vm.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { mmuNotifierClearYoung } from './aging.ts';
import { PAGE_BYTES } from './byte-range.ts';

/** What a process does with its own memory while it is guest memory (mm/), with the notifier calls that each makes. */

/** An access of the host. It goes through the host's own tables and makes nothing young for the guest. */
export function hostTouch(m: Memory, vm: Vm, thread: number, page: number, write: boolean): void {
  srcuReadLock(m, vm.srcu, thread);
  getUserPage(m, vm, thread, page, write);
  srcuReadUnlock(m, vm.srcu, thread);
}

/** Writes to each page of [startPage, endPage), so that it is there and private. */
export function hostPopulate(m: Memory, vm: Vm, thread: number, startPage: number, endPage: number): void {
  for (let page = startPage; page < endPage; page++) hostTouch(m, vm, thread, page, true);
}

/** MADV_DONTNEED: the pages are gone when it returns; who comes back finds them absent. */
export function dontNeed(m: Memory, vm: Vm, thread: number, startPage: number, endPage: number): void {
  splitBorders(m, vm, thread, startPage, endPage);
  mmuNotifierInvalidateRangeStart(m, vm, thread, startPage, endPage);
  for (let page = startPage; page < endPage; page++) {
    revoke(m, vm, wordOfPage(m, vm, page), page);
  }
  mmuNotifierInvalidateRangeEnd(m, vm, thread, startPage, endPage);
}

/** The entry becomes absent; what it mapped must not be reached any more. */
function revoke(m: Memory, vm: Vm, word: Word, page: number): void {
  const entry = m.load(word);
  if ((entry & HOST_PRESENT) === 0) return;
  m.store(word, sameHostPage(entry, 0));
  const huge = word !== vm.hostPtes + page;
  const first = huge ? page & ~(vm.entries - 1) : page;
  for (let i = first; i < first + (huge ? vm.entries : 1); i++) m.note(GhostEvent.revoked, i, hostVersionOf(entry));
}

/** mprotect to read-only and back: two invalidations, after which the pages are as they were. */
export function protectAndUnprotect(m: Memory, vm: Vm, thread: number, startPage: number, endPage: number): void {
  splitBorders(m, vm, thread, startPage, endPage);
  mmuNotifierInvalidateRangeStart(m, vm, thread, startPage, endPage);
  for (let page = startPage; page < endPage; page++) m.clearBits(wordOfPage(m, vm, page), HOST_WRITABLE);
  mmuNotifierInvalidateRangeEnd(m, vm, thread, startPage, endPage);
  mmuNotifierInvalidateRangeStart(m, vm, thread, startPage, endPage);
  for (let page = startPage; page < endPage; page++) {
    const word = wordOfPage(m, vm, page);
    // can_change_pte_writable: the zero page and shared pages stay read-only until they are written.
    const entry = m.load(word);
    if ((entry & HOST_PRESENT) !== 0 && (entry & (HOST_ZERO | HOST_SHARED)) === 0) m.setBits(word, HOST_WRITABLE);
  }
  mmuNotifierInvalidateRangeEnd(m, vm, thread, startPage, endPage);
}

/** Write protection for good, as of memory that is shared from now on: whoever writes takes the page over. */
export function protectPages(m: Memory, vm: Vm, thread: number, startPage: number, endPage: number): void {
  splitBorders(m, vm, thread, startPage, endPage);
  mmuNotifierInvalidateRangeStart(m, vm, thread, startPage, endPage);
  for (let page = startPage; page < endPage; page++) shareWord(m, wordOfPage(m, vm, page));
  mmuNotifierInvalidateRangeEnd(m, vm, thread, startPage, endPage);
}

/** A private page becomes read-only and shared. */
function shareWord(m: Memory, word: Word): void {
  const entry = m.load(word);
  if ((entry & HOST_PRESENT) !== 0 && (entry & HOST_ZERO) === 0) {
    m.store(word, (entry & ~HOST_WRITABLE) | HOST_SHARED);
  }
}

/** MADV_FREE: guests lose their mappings, and the host may drop the pages until they are written again. */
export function freeLazily(m: Memory, vm: Vm, thread: number, startPage: number, endPage: number): void {
  splitBorders(m, vm, thread, startPage, endPage);
  mmuNotifierInvalidateRangeStart(m, vm, thread, startPage, endPage);
  for (let page = startPage; page < endPage; page++) {
    const word = wordOfPage(m, vm, page);
    if (m.testBits(word, HOST_PRESENT)) m.setBits(word, HOST_LAZYFREE);
  }
  mmuNotifierInvalidateRangeEnd(m, vm, thread, startPage, endPage);
}

/** MADV_PAGEOUT without swap: pages stay; older kernels first ask whether they are young, which makes them old. */
export function pageOut(m: Memory, vm: Vm, thread: number, startPage: number, endPage: number): void {
  if (!vm.rules.pageoutAges) return;
  for (let page = startPage; page < endPage; page++) {
    mmuNotifierClearYoung(m, vm, thread, page * PAGE_BYTES, (page + 1) * PAGE_BYTES, 0);
  }
}

/** fork, and the end of the child: all pages become read-only, to be taken over by whoever writes next. */
export function forkAndReap(m: Memory, vm: Vm, thread: number): void {
  mmuNotifierInvalidateRangeStart(m, vm, thread, 0, vm.pages);
  for (let page = 0; page < vm.pages; page++) {
    shareWord(m, wordOfPage(m, vm, page));
  }
  mmuNotifierInvalidateRangeEnd(m, vm, thread, 0, vm.pages);
}

/** The word that maps `page` now: its own, or that of its 2M page. */
function wordOfPage(m: Memory, vm: Vm, page: number): Word {
  if (hasWholePmd(vm, page) && m.testBits(hostPmdWord(vm, page), HOST_PRESENT)) return hostPmdWord(vm, page);
  return vm.hostPtes + page;
}

/** A range that begins or ends inside a 2M page splits that page first. */
function splitBorders(m: Memory, vm: Vm, thread: number, startPage: number, endPage: number): void {
  if (!vm.machine.hugePages) return;
  srcuReadLock(m, vm.srcu, thread);
  if (startPage % vm.entries !== 0) splitHostHugePage(m, vm, thread, startPage);
  if (endPage % vm.entries !== 0) splitHostHugePage(m, vm, thread, endPage - 1);
  srcuReadUnlock(m, vm.srcu, thread);
}
