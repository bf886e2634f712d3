import { readLock, readUnlock } from '../locks/mmu-lock.ts';
import type { Memory } from '../shared/memory.ts';
import { isRootInvalid, tdpMmuAllocRoot, tdpMmuPutRoot } from './roots.ts';
import { flushTlb } from './tlb.ts';
import { IN_GUEST, KICK, REQUEST_FREE_OBSOLETE_ROOTS, REQUEST_TLB_FLUSH, vcpuStateWord } from './vcpu-state.ts';
import type { Vm } from './vm.ts';

/** vCPU `n` is thread `n`. */

/** vcpu_enter_guest: services requests, makes sure of a root, and enters. A request that comes last wins. */
export function enterGuest(m: Memory, vm: Vm, vcpu: number): void {
  const state = vcpuStateWord(vm, vcpu);
  for (;;) {
    serviceRequests(m, vm, vcpu);
    if (m.loadOwn(vm.vcpuRoots + vcpu) === 0 && !loadRoot(m, vm, vcpu)) continue;
    // Entering and looking at the requests is one step: a request made before it is serviced first, one made after it
    // finds the vCPU in the guest and waits for it.
    if (m.tryReplace(state, 0, IN_GUEST)) return;
  }
}

/** An exit: acknowledges a pending kick. */
export function leaveGuest(m: Memory, vm: Vm, vcpu: number): void {
  const state = vcpuStateWord(vm, vcpu);
  m.clearBits(state, IN_GUEST | KICK);
  m.wake(state);
}

/** kvm_mmu_load. */
function loadRoot(m: Memory, vm: Vm, vcpu: number): boolean {
  const root = tdpMmuAllocRoot(m, vm, vcpu);
  if (root === 0) return false;
  m.storeOwn(vm.vcpuRoots + vcpu, root);
  // A new root brings no translations of the old one along.
  flushTlb(m, vm, vcpu);
  return true;
}

function serviceRequests(m: Memory, vm: Vm, vcpu: number): void {
  const state = vcpuStateWord(vm, vcpu);
  m.clearBits(state, KICK);
  m.wake(state);
  // kvm_check_request: cleared before it is serviced, so that one made meanwhile is serviced again.
  if (m.testAndClear(state, REQUEST_FREE_OBSOLETE_ROOTS)) freeObsoleteRoot(m, vm, vcpu);
  if (m.testAndClear(state, REQUEST_TLB_FLUSH)) flushTlb(m, vm, vcpu);
}

/** kvm_mmu_free_obsolete_roots. */
function freeObsoleteRoot(m: Memory, vm: Vm, vcpu: number): void {
  const root = m.loadOwn(vm.vcpuRoots + vcpu);
  if (root === 0 || !isRootInvalid(m, vm, root)) return;
  m.storeOwn(vm.vcpuRoots + vcpu, 0);
  flushTlb(m, vm, vcpu);
  readLock(m, vm.mmuLock, vcpu);
  tdpMmuPutRoot(m, vm, vcpu, root);
  readUnlock(m, vm.mmuLock);
}
