import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory } from '../shared/memory.ts';
import { handlePageFault } from './fault.ts';
import { hardwareWalk, PAGE_FAULT } from './hardware-walk.ts';
import { isPmlBufferFull } from './pml.ts';
import { accessThroughTlb, fillTlb } from './tlb.ts';
import { enterGuest, leaveGuest, vcpuRootWord } from './vcpu.ts';
import { inGuest, vcpuStateWord } from './vcpu-state.ts';
import { L1, type Vm } from './vm.ts';

/**
 * One guest access: through the TLB, or by a walk, with as many page faults as it takes. The vCPU is in the guest
 * afterwards; `leaveGuest` before it waits for anything else.
 *
 * @param page the host page behind `gfn`, for observers
 * @param mode `L1`, `L2` or `SMM`: the guest that accesses; L2's frames are L1's
 */
export function guestAccess(
  m: Memory,
  vm: Vm,
  vcpu: number,
  gfn: number,
  page: number,
  write: boolean,
  mode: number = L1,
): void {
  while (!tryAccess(m, vm, vcpu, mode, gfn, page, write)) {
    handleExit(m, vm, vcpu, mode, gfn, page, write);
    // As often as it takes: how often it took before does not matter to what follows.
    m.loopHead('guestAccess', mode, gfn, write ? 1 : 0);
  }
}

/** False if the vCPU is not in this guest, or somebody wants it out, or the walk ends in a page fault. */
function tryAccess(m: Memory, vm: Vm, vcpu: number, mode: number, gfn: number, page: number, write: boolean): boolean {
  // One look tells that the vCPU is in the guest, in the right one, and that nobody has requested anything.
  if (m.load(vcpuStateWord(vm, vcpu)) !== inGuest(mode)) return false;
  const hasTlb = vm.tlbEntries !== 0;
  if (hasTlb && accessThroughTlb(m, vm, vcpu, mode, gfn, page, write)) return true;
  if (write && isPmlBufferFull(m, vm, vcpu)) {
    leaveGuest(m, vm, vcpu);
    return false;
  }
  m.note(GhostEvent.accessBegin, page, write ? 1 : 0);
  const spte = hardwareWalk(m, vm, m.loadOwn(vcpuRootWord(vm, vcpu, mode)), gfn, write, vcpu);
  if (spte === PAGE_FAULT) return false;
  m.note(GhostEvent.accessEnd, page, spte);
  if (hasTlb) fillTlb(m, vm, vcpu, mode, gfn, spte);
  return true;
}

/** Still in this guest without a request, it was a page fault. A fault beside a request is met again after the entry. */
function handleExit(m: Memory, vm: Vm, vcpu: number, mode: number, gfn: number, page: number, write: boolean): void {
  const faulted = m.load(vcpuStateWord(vm, vcpu)) === inGuest(mode);
  leaveGuest(m, vm, vcpu);
  if (faulted) handlePageFault(m, vm, vcpu, mode, m.loadOwn(vcpuRootWord(vm, vcpu, mode)), gfn, page, write);
  enterGuest(m, vm, vcpu, mode);
}
