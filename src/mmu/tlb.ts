import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory } from '../shared/memory.ts';
import { AD_DISABLED, adTypeOf, WRITABLE } from '../shared/spte.ts';
import { GUEST_MODES, type Vm } from './vm.ts';

/** A direct-mapped TLB a vCPU. Its words belong to the vCPU: others flush it by a request only. */

/** What an entry is tagged with: the guest frame, and in which guest mode it was walked. Never 0. */
function tagOf(mode: number, gfn: number): number {
  return (gfn * GUEST_MODES + mode + 1) | 0;
}

/**
 * Whether the vCPU may access `gfn` without a walk. A write needs an entry that is writable and dirty; the walk that
 * a miss causes is what sets Dirty. The access happens with the caller's last step, its look at its requests.
 */
export function accessThroughTlb(
  m: Memory,
  vm: Vm,
  vcpu: number,
  mode: number,
  gfn: number,
  page: number,
  write: boolean,
): boolean {
  const index = vcpu * vm.tlbEntries + (gfn & (vm.tlbEntries - 1));
  if (m.loadOwn(vm.tlbTags + index) !== tagOf(mode, gfn)) return false;
  const spte = m.loadOwn(vm.tlbSptes + index);
  if (write) {
    const tracksDirty = adTypeOf(vm.spte, spte) !== AD_DISABLED;
    const needed = tracksDirty ? WRITABLE | vm.spte.dirty : WRITABLE;
    if ((spte & needed) !== needed) return false;
  }
  m.note(GhostEvent.tlbHit, page, spte);
  if (write) m.note(GhostEvent.tlbWrote, page, spte);
  return true;
}

export function fillTlb(m: Memory, vm: Vm, vcpu: number, mode: number, gfn: number, spte: number): void {
  const index = vcpu * vm.tlbEntries + (gfn & (vm.tlbEntries - 1));
  m.storeOwn(vm.tlbTags + index, tagOf(mode, gfn));
  m.storeOwn(vm.tlbSptes + index, spte);
}

/** The entry for `gfn` is evicted, as it may be at any moment. */
export function evictTlb(m: Memory, vm: Vm, vcpu: number, gfn: number): void {
  if (vm.tlbEntries !== 0) m.storeOwn(vm.tlbTags + vcpu * vm.tlbEntries + (gfn & (vm.tlbEntries - 1)), 0);
}

/** kvm_flush_tlb_guest and its kin, on the vCPU itself. */
export function flushTlb(m: Memory, vm: Vm, vcpu: number): void {
  for (let i = 0; i < vm.tlbEntries; i++) m.storeOwn(vm.tlbTags + vcpu * vm.tlbEntries + i, 0);
}
