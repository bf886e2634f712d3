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
  // One look tells that the vCPU is in the guest and that nobody has requested anything. The first try stands apart
  // from those that follow exits, to keep the hot path small.
  if (m.load(vcpuStateWord(vm, vcpu)) === IN_GUEST) {
    if (accessInGuest(m, vm, vcpu, gfn, page, write)) return;
    exitForPageFault(m, vm, vcpu, gfn, page);
  }
  accessAfterExit(m, vm, vcpu, gfn, page, write);
}

function accessAfterExit(m: Memory, vm: Vm, vcpu: number, gfn: number, page: number, write: boolean): void {
  for (;;) {
    if (m.load(vcpuStateWord(vm, vcpu)) !== IN_GUEST) {
      leaveGuest(m, vm, vcpu);
      enterGuest(m, vm, vcpu);
    }
    if (accessInGuest(m, vm, vcpu, gfn, page, write)) return;
    exitForPageFault(m, vm, vcpu, gfn, page);
  }
}

/** False if the walk ends in a page fault. */
function accessInGuest(m: Memory, vm: Vm, vcpu: number, gfn: number, page: number, write: boolean): boolean {
  const hasTlb = vm.tlbEntries !== 0;
  if (hasTlb && accessThroughTlb(m, vm, vcpu, gfn, page, write)) return true;
  m.note(GhostEvent.accessBegin, page, write ? 1 : 0);
  const spte = hardwareWalk(m, vm, m.loadOwn(vm.vcpuRoots + vcpu), gfn, write);
  if (spte === PAGE_FAULT) return false;
  m.note(GhostEvent.accessEnd, page, spte);
  if (hasTlb) fillTlb(m, vm, vcpu, gfn, spte);
  return true;
}

function exitForPageFault(m: Memory, vm: Vm, vcpu: number, gfn: number, page: number): void {
  leaveGuest(m, vm, vcpu);
  tdpPageFault(m, vm, vcpu, m.loadOwn(vm.vcpuRoots + vcpu), gfn, page);
}
