import { srcuReadLock, srcuReadUnlock } from '../locks/srcu.ts';
import { getUserPage, noteRevoked } from '../mmu/gup.ts';
import { lookUpHostPage, replaceHostEntry } from '../mmu/host-page-state.ts';
import { HOST_PRESENT, HOST_SHARED, HOST_WRITABLE, HOST_ZERO, sameHostPage } from '../mmu/host-page-table.ts';
import { splitHostHugePage } from '../mmu/host-split.ts';
import { mmuNotifierInvalidateRangeEnd, mmuNotifierInvalidateRangeStart } from '../mmu/invalidate-subscribers.ts';
import type { Vm } from '../mmu/vm.ts';
import type { Memory } from '../shared/memory.ts';
import { PAGE_BYTES } from './byte-range.ts';
import { mmuNotifierClearFlushYoung } from './subscribers.ts';

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
  for (let page = startPage; page < endPage; page++) revoke(m, vm, page);
  mmuNotifierInvalidateRangeEnd(m, vm, thread, startPage, endPage);
}

/** The entry becomes absent; what it mapped must not be reached any more. A fault may change it meanwhile. */
function revoke(m: Memory, vm: Vm, page: number): void {
  for (;;) {
    const entry = lookUpHostPage(m, vm, page);
    if ((entry & HOST_PRESENT) === 0) return;
    if (!replaceHostEntry(m, vm, page, entry, sameHostPage(entry, 0))) continue;
    noteRevoked(m, vm, page, entry);
    return;
  }
}

/** Changes flags of a page's entry, if it is present and has none of `unless`. */
function changeFlags(m: Memory, vm: Vm, page: number, clear: number, set: number, unless: number): void {
  for (;;) {
    const entry = lookUpHostPage(m, vm, page);
    if ((entry & HOST_PRESENT) === 0 || (entry & unless) !== 0) return;
    const next = (entry & ~clear) | set;
    if (next === entry || replaceHostEntry(m, vm, page, entry, next)) return;
  }
}

/** mprotect to read-only and back: two invalidations, after which the pages are as they were. */
export function protectAndUnprotect(m: Memory, vm: Vm, thread: number, startPage: number, endPage: number): void {
  splitBorders(m, vm, thread, startPage, endPage);
  mmuNotifierInvalidateRangeStart(m, vm, thread, startPage, endPage);
  for (let page = startPage; page < endPage; page++) changeFlags(m, vm, page, HOST_WRITABLE, 0, 0);
  mmuNotifierInvalidateRangeEnd(m, vm, thread, startPage, endPage);
  mmuNotifierInvalidateRangeStart(m, vm, thread, startPage, endPage);
  for (let page = startPage; page < endPage; page++) {
    // can_change_pte_writable: the zero page and shared pages stay read-only until they are written.
    changeFlags(m, vm, page, 0, HOST_WRITABLE, HOST_ZERO | HOST_SHARED);
  }
  mmuNotifierInvalidateRangeEnd(m, vm, thread, startPage, endPage);
}

/** Write protection for good, as of memory that is shared from now on: whoever writes takes the page over. */
export function protectPages(m: Memory, vm: Vm, thread: number, startPage: number, endPage: number): void {
  splitBorders(m, vm, thread, startPage, endPage);
  mmuNotifierInvalidateRangeStart(m, vm, thread, startPage, endPage);
  for (let page = startPage; page < endPage; page++) share(m, vm, page);
  mmuNotifierInvalidateRangeEnd(m, vm, thread, startPage, endPage);
}

/** A private page becomes read-only and shared. */
function share(m: Memory, vm: Vm, page: number): void {
  changeFlags(m, vm, page, HOST_WRITABLE, HOST_SHARED, HOST_ZERO);
}

/** MADV_FREE: guests lose their mappings. That the host may drop the pages until they are written again is not modelled. */
export function freeLazily(m: Memory, vm: Vm, thread: number, startPage: number, endPage: number): void {
  splitBorders(m, vm, thread, startPage, endPage);
  mmuNotifierInvalidateRangeStart(m, vm, thread, startPage, endPage);
  mmuNotifierInvalidateRangeEnd(m, vm, thread, startPage, endPage);
}

/** MADV_PAGEOUT without swap: pages stay; older kernels first ask whether they are young (folio_referenced). */
export function pageOut(m: Memory, vm: Vm, thread: number, startPage: number, endPage: number): void {
  if (!vm.rules.pageoutAges) return;
  for (let page = startPage; page < endPage; page++) {
    mmuNotifierClearFlushYoung(m, vm, thread, page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
  }
}

/** fork, and the end of the child: all pages become read-only, to be taken over by whoever writes next. */
export function forkAndReap(m: Memory, vm: Vm, thread: number): void {
  mmuNotifierInvalidateRangeStart(m, vm, thread, 0, vm.pages);
  for (let page = 0; page < vm.pages; page++) share(m, vm, page);
  mmuNotifierInvalidateRangeEnd(m, vm, thread, 0, vm.pages);
}

/** A range that begins or ends inside a 2M page splits that page first. */
function splitBorders(m: Memory, vm: Vm, thread: number, startPage: number, endPage: number): void {
  if (!vm.machine.hugePages) return;
  srcuReadLock(m, vm.srcu, thread);
  if (startPage % vm.entries !== 0) splitHostHugePage(m, vm, thread, startPage);
  if (endPage % vm.entries !== 0) splitHostHugePage(m, vm, thread, endPage - 1);
  srcuReadUnlock(m, vm.srcu, thread);
}
