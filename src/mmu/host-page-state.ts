import type { Memory, Word } from '../shared/memory.ts';
import { HOST_ACCESSED, HOST_CLAIMED, HOST_DIRTY, HOST_HUGE, HOST_PRESENT } from './host-page-table.ts';
import type { Vm } from './vm.ts';

/** The host's entries, looked up and marked. What the host does about them is in `gup.ts`. */

/** The word for the 2M page that contains `page`. */
export function hostPmdWord(vm: Vm, page: number): Word {
  return vm.hostPmds + (page >>> vm.entryBits);
}

/** Whether the 2M page that contains `page` lies wholly in guest memory. */
export function hasWholePmd(vm: Vm, page: number): boolean {
  return vm.machine.hugePages && (page | (vm.entries - 1)) < vm.pages;
}

/** The host's entry for the 2M page that contains `page`, once nobody is splitting it. It is changed from that value only. */
export function loadHostPmd(m: Memory, vm: Vm, page: number): number {
  return m.awaitBits(hostPmdWord(vm, page), HOST_CLAIMED, 0);
}

/** The host's entry for the page as it is, with `HOST_HUGE` if a 2M page maps it; without `HOST_PRESENT` if none does. */
export function lookUpHostPage(m: Memory, vm: Vm, page: number): number {
  if (hasWholePmd(vm, page)) {
    const pmd = loadHostPmd(m, vm, page);
    if ((pmd & HOST_PRESENT) !== 0) return pmd | HOST_HUGE;
  }
  return m.load(vm.hostPtes + page);
}

/** Changes the entry that a look-up found to be `entry`; false if it is another one by now. */
export function replaceHostEntry(m: Memory, vm: Vm, page: number, entry: number, next: number): boolean {
  const word = (entry & HOST_HUGE) !== 0 ? hostPmdWord(vm, page) : vm.hostPtes + page;
  return m.tryReplace(word, entry & ~HOST_HUGE, next & ~HOST_HUGE);
}

/** kvm_set_pfn_dirty. */
export function markHostPageDirty(m: Memory, vm: Vm, page: number): void {
  setHostFlags(m, vm, page, HOST_DIRTY);
}

/** kvm_set_pfn_accessed. */
export function markHostPageAccessed(m: Memory, vm: Vm, page: number): void {
  setHostFlags(m, vm, page, HOST_ACCESSED);
}

function setHostFlags(m: Memory, vm: Vm, page: number, flags: number): void {
  for (;;) {
    const entry = lookUpHostPage(m, vm, page);
    if ((entry & flags) === flags || replaceHostEntry(m, vm, page, entry, entry | flags)) return;
  }
}
