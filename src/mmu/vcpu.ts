import { writeLock, writeUnlock } from '../locks/mmu-lock.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { addressSpaceOfMode } from './memslots.ts';
import { flushPmlBuffer } from './pml.ts';
import { isRootInvalid, lockForRoots, tdpMmuAllocRoot, tdpMmuPutRoot, unlockForRoots } from './roots.ts';
import { usesTdpMmu } from './shadow-pages.ts';
import { shadowAllocRoot, shadowPutRoot } from './shadow-roots.ts';
import { flushTlb } from './tlb.ts';
import {
  IN_GUEST,
  inGuest,
  KICK,
  MODE_MASK,
  modeOf,
  REQUEST_FREE_OBSOLETE_ROOTS,
  REQUEST_TLB_FLUSH,
  vcpuStateWord,
} from './vcpu-state.ts';
import { GUEST_MODES, L1, L2, type Vm } from './vm.ts';

/** A vCPU goes by its thread's number: vCPU `n` of a VM is thread `vm.firstVcpu + n`. */

/** Where a vCPU's root for a guest mode is. */
export function vcpuRootWord(vm: Vm, vcpu: number, mode: number): Word {
  return vm.vcpuRoots + vcpu * GUEST_MODES + mode;
}

/** vcpu_enter_guest: services requests, makes sure of a root, and enters. A request that comes last wins. */
export function enterGuest(m: Memory, vm: Vm, vcpu: number, mode: number = L1): void {
  const state = vcpuStateWord(vm, vcpu);
  for (;;) {
    serviceRequests(m, vm, vcpu);
    if (m.loadOwn(vcpuRootWord(vm, vcpu, mode)) === 0 && !loadRoot(m, vm, vcpu, mode)) continue;
    if (vm.machine.entryFlushesTlb) flushTlb(m, vm, vcpu);
    // Entering and looking at the requests is one step: a request made before it is serviced first, one made after it
    // finds the vCPU in the guest and waits for it.
    if (m.tryReplace(state, 0, inGuest(mode))) return;
    m.loopHead('enterGuest', mode);
  }
}

/** An exit: acknowledges a pending kick. */
export function leaveGuest(m: Memory, vm: Vm, vcpu: number): void {
  const state = vcpuStateWord(vm, vcpu);
  // Which guest it is in only the vCPU changes.
  const mode = vm.machine.pml ? modeOf(m.load(state)) : L1;
  m.clearBits(state, IN_GUEST | MODE_MASK | KICK);
  m.wake(state);
  if (vm.machine.pml) flushPmlBuffer(m, vm, vcpu, addressSpaceOfMode(mode));
}

/** kvm_mmu_reload, for a vCPU that is outside the guest: it has a root for the mode that was valid just now, or none. */
export function reloadRoot(m: Memory, vm: Vm, vcpu: number, mode: number): boolean {
  serviceRequests(m, vm, vcpu);
  return m.loadOwn(vcpuRootWord(vm, vcpu, mode)) !== 0 || loadRoot(m, vm, vcpu, mode);
}

/** kvm_mmu_load. */
function loadRoot(m: Memory, vm: Vm, vcpu: number, mode: number): boolean {
  const root = isTdpMode(vm, mode)
    ? tdpMmuAllocRoot(m, vm, vcpu, addressSpaceOfMode(mode))
    : shadowAllocRoot(m, vm, vcpu, mode);
  if (root === 0) return false;
  m.storeOwn(vcpuRootWord(vm, vcpu, mode), root);
  // A new root brings no translations of the old one along.
  flushTlb(m, vm, vcpu);
  return true;
}

/** Whether the TDP MMU maps memory for a guest mode. */
function isTdpMode(vm: Vm, mode: number): boolean {
  return mode !== L2 && usesTdpMmu(vm);
}

function serviceRequests(m: Memory, vm: Vm, vcpu: number): void {
  const state = vcpuStateWord(vm, vcpu);
  m.clearBits(state, KICK);
  m.wake(state);
  // kvm_check_request: cleared before it is serviced, so that one made meanwhile is serviced again.
  if (m.testAndClear(state, REQUEST_FREE_OBSOLETE_ROOTS)) {
    for (let mode = 0; mode < GUEST_MODES; mode++) freeObsoleteRoot(m, vm, vcpu, mode);
  }
  if (m.testAndClear(state, REQUEST_TLB_FLUSH)) flushTlb(m, vm, vcpu);
}

/** kvm_mmu_free_obsolete_roots. */
function freeObsoleteRoot(m: Memory, vm: Vm, vcpu: number, mode: number): void {
  const root = m.loadOwn(vcpuRootWord(vm, vcpu, mode));
  if (root !== 0 && isRootInvalid(m, vm, root)) putRoot(m, vm, vcpu, mode);
}

/** kvm_mmu_free_roots, of one mode: the vCPU lets go of its root. */
export function putRoot(m: Memory, vm: Vm, vcpu: number, mode: number): void {
  const root = m.loadOwn(vcpuRootWord(vm, vcpu, mode));
  if (root === 0) return;
  m.storeOwn(vcpuRootWord(vm, vcpu, mode), 0);
  flushTlb(m, vm, vcpu);
  if (isTdpMode(vm, mode)) {
    lockForRoots(m, vm, vcpu);
    tdpMmuPutRoot(m, vm, vcpu, root);
    unlockForRoots(m, vm);
  } else {
    writeLock(m, vm.mmuLock, vcpu);
    shadowPutRoot(m, vm, root);
    writeUnlock(m, vm.mmuLock);
  }
}
