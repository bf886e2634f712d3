import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory } from '../shared/memory.ts';
import { tdpPageFault } from './fault.ts';
import { hardwareWalk, PAGE_FAULT } from './hardware-walk.ts';
import { accessThroughTlb, fillTlb } from './tlb.ts';
import { enterGuest, leaveGuest } from './vcpu.ts';
import { IN_GUEST, vcpuStateWord } from './vcpu-state.ts';
import type { Vm } from './vm.ts';

/**
 * One guest access: through the TLB, or by a walk, with as many page faults as it takes. The vCPU is in the guest
 * afterwards; `leaveGuest` before it waits for anything else.
 *
 * @param page the host page behind `gfn`, for observers
 */
export function guestAccess(m: Memory, vm: Vm, vcpu: number, gfn: number, page: number, write: boolean): void {
  while (!tryAccess(m, vm, vcpu, gfn, page, write)) handleExit(m, vm, vcpu, gfn, page);
}

/** False if the vCPU is not in the guest, or somebody wants it out, or the walk ends in a page fault. */
function tryAccess(m: Memory, vm: Vm, vcpu: number, gfn: number, page: number, write: boolean): boolean {
  // One look tells that the vCPU is in the guest and that nobody has requested anything.
  if (m.load(vcpuStateWord(vm, vcpu)) !== IN_GUEST) return false;
  const hasTlb = vm.tlbEntries !== 0;
  if (hasTlb && accessThroughTlb(m, vm, vcpu, gfn, page, write)) return true;
  m.note(GhostEvent.accessBegin, page, write ? 1 : 0);
  const spte = hardwareWalk(m, vm, m.loadOwn(vm.vcpuRoots + vcpu), gfn, write);
  if (spte === PAGE_FAULT) return false;
  m.note(GhostEvent.accessEnd, page, spte);
  if (hasTlb) fillTlb(m, vm, vcpu, gfn, spte);
  return true;
}

/** Still in the guest without a request, it was a page fault. A fault beside a request is met again after the entry. */
function handleExit(m: Memory, vm: Vm, vcpu: number, gfn: number, page: number): void {
  const faulted = m.load(vcpuStateWord(vm, vcpu)) === IN_GUEST;
  leaveGuest(m, vm, vcpu);
  if (faulted) tdpPageFault(m, vm, vcpu, m.loadOwn(vm.vcpuRoots + vcpu), gfn, page);
  enterGuest(m, vm, vcpu);
}
