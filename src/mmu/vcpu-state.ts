import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { VCPU_STATE_STRIDE, type Vm } from './vm.ts';

/** vcpu->mode is IN_GUEST_MODE. */
export const IN_GUEST = 1;
/** The vCPU has been sent an IPI and has not left the guest since. */
export const KICK = 2;
/** KVM_REQ_TLB_FLUSH. */
export const REQUEST_TLB_FLUSH = 4;
/** KVM_REQ_MMU_FREE_OBSOLETE_ROOTS. */
export const REQUEST_FREE_OBSOLETE_ROOTS = 8;
const MODE_SHIFT = 4;
/** Which guest the vCPU is in, while it is in one. */
export const MODE_MASK = 0b11 << MODE_SHIFT;

/** The state of a vCPU that is in a guest of a mode (`L1`, `L2`, `SMM`) and from which nobody wants anything. */
export function inGuest(mode: number): number {
  return IN_GUEST | (mode << MODE_SHIFT);
}

/** Which guest a vCPU of that state is in, if it is in one. */
export function modeOf(state: number): number {
  return (state & MODE_MASK) >>> MODE_SHIFT;
}

export function vcpuStateWord(vm: Vm, vcpu: number): Word {
  return vm.vcpuStates + vcpu * VCPU_STATE_STRIDE;
}

/**
 * kvm_make_all_cpus_request: makes a request to every vCPU, and returns when each that was in the guest has left it.
 * A vCPU that enters later sees the request first. The acknowledgement is a bit of its own: waiting for a vCPU to be
 * outside could miss one that leaves and comes back.
 *
 * @returns whether any vCPU was in the guest and had to be interrupted
 */
export function makeAllCpusRequest(m: Memory, vm: Vm, request: number, awaitAcknowledgement: boolean): boolean {
  let called = false;
  const end = vm.firstVcpu + vm.vcpus;
  for (let vcpu = vm.firstVcpu; vcpu < end; vcpu++) m.setBits(vcpuStateWord(vm, vcpu), request | KICK);
  if (!awaitAcknowledgement) return false;
  for (let vcpu = vm.firstVcpu; vcpu < end; vcpu++) {
    const state = m.load(vcpuStateWord(vm, vcpu));
    if ((state & IN_GUEST) === 0 || (state & KICK) === 0) continue;
    m.awaitBits(vcpuStateWord(vm, vcpu), KICK, 0);
    called = true;
  }
  return called;
}

/** kvm_flush_remote_tlbs. */
export function flushRemoteTlbs(m: Memory, vm: Vm): void {
  if (vm.rules.zapFlush === 'none') return;
  const called = makeAllCpusRequest(m, vm, REQUEST_TLB_FLUSH, vm.rules.zapFlush === 'acknowledged');
  if (called) m.note(GhostEvent.remoteTlbFlush, -1, 0);
}
