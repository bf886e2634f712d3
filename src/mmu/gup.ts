import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory } from '../shared/memory.ts';
import { hasWholePmd, hostPmdWord, loadHostPmd, lookUpHostPage, replaceHostEntry } from './host-page-state.ts';
import {
  HOST_DIRTY,
  HOST_HUGE,
  HOST_PRESENT,
  HOST_SHARED,
  HOST_WRITABLE,
  HOST_ZERO,
  hostVersionOf,
  nextHostPage,
  sameHostPage,
} from './host-page-table.ts';
import { splitHostHugePage } from './host-split.ts';
import { invalidateRangeEnd, invalidateRangeStart } from './invalidate-subscribers.ts';
import type { Vm } from './vm.ts';

/** What the host does when a page is asked for. Callers hold `vm.srcu`. */

/** Whether get_user_pages_fast with FOLL_WRITE would get the page. */
export function isHostWritable(entry: number): boolean {
  return (entry & (HOST_PRESENT | HOST_WRITABLE)) === (HOST_PRESENT | HOST_WRITABLE);
}

/** fault->map_writable: a read fault, too, maps a page writable that the host has writable. */
export function isMapWritable(vm: Vm, entry: number, write: boolean): boolean {
  return isHostWritable(entry) && (write || vm.rules.readFaultMapsWritable);
}

/**
 * hva_to_pfn: the host's entry for the page, faulted in if need be. A read of an absent page gets the zero page; a write
 * to the zero page copies it, which is an invalidation of its own.
 */
export function getUserPage(m: Memory, vm: Vm, thread: number, page: number, write: boolean): number {
  for (;;) {
    const entry = lookUpHostPage(m, vm, page);
    if (write ? isHostWritable(entry) : (entry & HOST_PRESENT) !== 0) return entry;
    handleHostFault(m, vm, thread, page, entry, write);
  }
}

/** handle_mm_fault, of a page whose entry was `entry`. */
function handleHostFault(m: Memory, vm: Vm, thread: number, page: number, entry: number, write: boolean): void {
  // The page-table lock is a compare-exchange here: who comes second finds the first one's work and looks again.
  if ((entry & HOST_PRESENT) === 0) {
    const flags = HOST_PRESENT | (write ? HOST_WRITABLE | HOST_DIRTY : HOST_ZERO);
    if (!populateHuge(m, vm, page, flags)) replaceHostEntry(m, vm, page, entry, nextHostPage(entry, flags));
    return;
  }
  const flags = HOST_PRESENT | HOST_WRITABLE | HOST_DIRTY;
  if ((entry & HOST_SHARED) !== 0) {
    // do_wp_page, reuse: nobody else has the page any more, so it becomes writable without a notifier call.
    replaceHostEntry(m, vm, page, entry, sameHostPage(entry, flags));
    return;
  }
  const huge = (entry & HOST_HUGE) !== 0;
  if (huge && vm.rules.hugeZeroPageWritten === 'split') {
    // do_huge_pmd_wp_page, fall-back: the page that is written is then copied as a small one.
    splitHostHugePage(m, vm, thread, page);
    return;
  }
  // wp_page_copy, and do_huge_zero_wp_pmd, where the huge zero page gives way to a new huge page: guests must let go of the
  // old page before the new one is there.
  const first = huge ? page & ~(vm.entries - 1) : page;
  const end = first + (huge ? vm.entries : 1);
  invalidateRangeStart(m, vm, thread, first, end);
  if (replaceHostEntry(m, vm, page, entry, nextHostPage(entry, flags))) noteRevoked(m, vm, page, entry);
  invalidateRangeEnd(m, vm, thread, first, end);
}

/** Tells observers that the last step has taken back what `entry`, which a look-up of `page` found, mapped. */
export function noteRevoked(m: Memory, vm: Vm, page: number, entry: number): void {
  const huge = (entry & HOST_HUGE) !== 0;
  const first = huge ? page & ~(vm.entries - 1) : page;
  const end = first + (huge ? vm.entries : 1);
  for (let i = first; i < end; i++) m.note(GhostEvent.revoked, i, hostVersionOf(entry));
}

/** do_huge_pmd_anonymous_page: false if a 2M page is not possible; if it is, there is one now, whoever made it. */
function populateHuge(m: Memory, vm: Vm, page: number, flags: number): boolean {
  if (!hasWholePmd(vm, page)) return false;
  // Before the look at the pages' own entries: if the 2M page comes and goes meanwhile, this is not its entry any more.
  const old = loadHostPmd(m, vm, page);
  if ((old & HOST_PRESENT) !== 0) return true;
  if (!canBecomeHuge(m, vm, page)) return false;
  m.tryReplace(hostPmdWord(vm, page), old, nextHostPage(newestVersion(m, vm, page, old), flags));
  return true;
}

/** A 2M page is possible where none of its pages has an entry. */
function canBecomeHuge(m: Memory, vm: Vm, page: number): boolean {
  const first = page & ~(vm.entries - 1);
  for (let i = first; i < first + vm.entries; i++) if ((m.load(vm.hostPtes + i) & HOST_PRESENT) !== 0) return false;
  return true;
}

/** An entry whose version no earlier mapping of any of the 2M page's pages has passed. */
function newestVersion(m: Memory, vm: Vm, page: number, pmd: number): number {
  const first = page & ~(vm.entries - 1);
  let newest = pmd;
  for (let i = first; i < first + vm.entries; i++) {
    const pte = m.load(vm.hostPtes + i);
    if (pte >>> 12 > newest >>> 12) newest = pte;
  }
  return newest;
}
