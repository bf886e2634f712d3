import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory } from '../shared/memory.ts';
import { handlePageFault } from './fault.ts';
import { RET_PF_EMULATE, RET_PF_RETRY } from './fault-outcome.ts';
import { hardwareWalk, isTranslation, PROTECTION_FAULT } from './hardware-walk.ts';
import { isPmlBufferFull } from './pml.ts';
import { accessThroughTlb, fillTlb } from './tlb.ts';
import { enterGuest, leaveGuest, vcpuRootWord } from './vcpu.ts';
import { inGuest, vcpuStateWord } from './vcpu-state.ts';
import { L1, type Vm } from './vm.ts';

/** How an attempt to access memory ended. */
const ACCESSED = 0;
/** The vCPU is not in this guest, or somebody wants it out. */
const NOT_IN_GUEST = 1;
const FAULTED = 2;
/** A page fault of a write to what may only be read. */
const FAULTED_PRESENT = 3;

/**
 * One guest access: through the TLB, or by a walk, with as many page faults as it takes. Where no slot has the frame, it is
 * over with the fault, emulated. The vCPU is in the guest afterwards; `leaveGuest` before it waits for anything else.
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
  for (;;) {
    const ended = tryAccess(m, vm, vcpu, mode, gfn, page, write);
    if (ended === ACCESSED) return;
    const outcome = handleExit(m, vm, vcpu, mode, gfn, page, write, ended === FAULTED_PRESENT);
    if (outcome === RET_PF_EMULATE) return;
    // As often as it takes: how often it took before does not matter to what follows.
    m.loopHead('guestAccess', mode, gfn, page, write ? 1 : 0);
  }
}

function tryAccess(m: Memory, vm: Vm, vcpu: number, mode: number, gfn: number, page: number, write: boolean): number {
  // One look tells that the vCPU is in the guest, in the right one, and that nobody has requested anything.
  if (m.load(vcpuStateWord(vm, vcpu)) !== inGuest(mode)) return NOT_IN_GUEST;
  if (vm.tlbEntries !== 0 && accessThroughTlb(m, vm, vcpu, mode, gfn, page, write)) return ACCESSED;
  return accessByWalk(m, vm, vcpu, mode, gfn, page, write);
}

function accessByWalk(
  m: Memory,
  vm: Vm,
  vcpu: number,
  mode: number,
  gfn: number,
  page: number,
  write: boolean,
): number {
  if (write && isPmlBufferFull(m, vm, vcpu)) {
    leaveGuest(m, vm, vcpu);
    return NOT_IN_GUEST;
  }
  m.note(GhostEvent.accessBegin, page, write ? 1 : 0);
  const spte = hardwareWalk(m, vm, m.loadOwn(vcpuRootWord(vm, vcpu, mode)), gfn, write, vcpu);
  if (!isTranslation(spte)) return spte === PROTECTION_FAULT ? FAULTED_PRESENT : FAULTED;
  m.note(GhostEvent.accessEnd, page, spte);
  if (vm.tlbEntries !== 0) fillTlb(m, vm, vcpu, mode, gfn, spte);
  return ACCESSED;
}

/**
 * Still in this guest without a request, it was a page fault. A fault beside a request is met again after the entry.
 *
 * @param present the walk met a translation
 * @returns what came of the fault
 */
function handleExit(
  m: Memory,
  vm: Vm,
  vcpu: number,
  mode: number,
  gfn: number,
  page: number,
  write: boolean,
  present: boolean,
): number {
  const faulted = m.load(vcpuStateWord(vm, vcpu)) === inGuest(mode);
  leaveGuest(m, vm, vcpu);
  const root = m.loadOwn(vcpuRootWord(vm, vcpu, mode));
  const outcome = faulted ? handlePageFault(m, vm, vcpu, mode, root, gfn, page, write, present) : RET_PF_RETRY;
  enterGuest(m, vm, vcpu, mode);
  return outcome;
}
