import type { Memory, Word } from '../shared/memory.ts';
import { HOST_ACCESSED, HOST_DIRTY, HOST_HUGE, HOST_PRESENT } from './host-page-table.ts';
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

/** The host's entry for the page as it is, with `HOST_HUGE` if a 2M page maps it; without `HOST_PRESENT` if none does. */
export function lookUpHostPage(m: Memory, vm: Vm, page: number): number {
  if (hasWholePmd(vm, page)) {
    const pmd = m.load(hostPmdWord(vm, page));
    if ((pmd & HOST_PRESENT) !== 0) return pmd | HOST_HUGE;
  }
  return m.load(vm.hostPtes + page);
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
  if (hasWholePmd(vm, page) && m.testBits(hostPmdWord(vm, page), HOST_PRESENT)) m.setBits(hostPmdWord(vm, page), flags);
  else m.setBits(vm.hostPtes + page, flags);
}
