import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory } from '../shared/memory.ts';
import { WRITABLE } from '../shared/spte.ts';
import type { Vm } from './vm.ts';

/** A direct-mapped TLB a vCPU. Its words belong to the vCPU: others flush it by a request only. */

/**
 * Whether the vCPU may access `gfn` without a walk. A write needs an entry that is writable and dirty; the walk that
 * a miss causes is what sets Dirty. The access happens with the caller's last step, its look at its requests.
 */
export function accessThroughTlb(m: Memory, vm: Vm, vcpu: number, gfn: number, page: number, write: boolean): boolean {
  const index = vcpu * vm.tlbEntries + (gfn & (vm.tlbEntries - 1));
  if (m.loadOwn(vm.tlbTags + index) !== gfn + 1) return false;
  const spte = m.loadOwn(vm.tlbSptes + index);
  const needed = WRITABLE | vm.spte.dirty;
  if (write && (spte & needed) !== needed) return false;
  m.note(GhostEvent.tlbHit, page, spte);
  return true;
}

export function fillTlb(m: Memory, vm: Vm, vcpu: number, gfn: number, spte: number): void {
  const index = vcpu * vm.tlbEntries + (gfn & (vm.tlbEntries - 1));
  m.storeOwn(vm.tlbTags + index, gfn + 1);
  m.storeOwn(vm.tlbSptes + index, spte);
}

/** kvm_flush_tlb_guest and its kin, on the vCPU itself. */
export function flushTlb(m: Memory, vm: Vm, vcpu: number): void {
  for (let i = 0; i < vm.tlbEntries; i++) m.storeOwn(vm.tlbTags + vcpu * vm.tlbEntries + i, 0);
}
