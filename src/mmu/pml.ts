import { srcuReadLock, srcuReadUnlock } from '../locks/srcu.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory } from '../shared/memory.ts';
import { markPageDirtyInSlot } from './dirty-bitmap.ts';
import { slotOfGfn } from './memslots.ts';
import { makeAllCpusRequest } from './vcpu-state.ts';
import { PML_ENTRIES, type Vm } from './vm.ts';

/** Page-modification logging: the processor notes the gfn whenever it sets Dirty. The buffer belongs to the vCPU. */

/** The hardware's part, right after it has set Dirty. */
export function logModification(m: Memory, vm: Vm, vcpu: number, gfn: number): void {
  const index = m.loadOwn(vm.pmlIndexes + vcpu);
  m.storeOwn(vm.pmlBuffers + vcpu * PML_ENTRIES + index, gfn);
  m.storeOwn(vm.pmlIndexes + vcpu, index + 1);
}

/** A full buffer is an exit before the next page is modified. */
export function isPmlBufferFull(m: Memory, vm: Vm, vcpu: number): boolean {
  return vm.machine.pml && m.loadOwn(vm.pmlIndexes + vcpu) === PML_ENTRIES;
}

/** vmx_flush_pml_buffer, at every exit of the vCPU, which was in a guest of that address space. */
export function flushPmlBuffer(m: Memory, vm: Vm, vcpu: number, addressSpace: number): void {
  const count = m.loadOwn(vm.pmlIndexes + vcpu);
  if (count === 0) {
    m.note(GhostEvent.pmlFlushed, -1, 0);
    return;
  }
  srcuReadLock(m, vm.srcu, vcpu);
  for (let i = 0; i < count; i++) {
    const gfn = m.loadOwn(vm.pmlBuffers + vcpu * PML_ENTRIES + i);
    const slot = slotOfGfn(m, vm, gfn, addressSpace);
    if (slot >= 0) markPageDirtyInSlot(m, vm, slot, gfn);
  }
  srcuReadUnlock(m, vm.srcu, vcpu);
  m.storeOwn(vm.pmlIndexes + vcpu, 0);
  m.note(GhostEvent.pmlFlushed, -1, count);
}

/** kvm_arch_sync_dirty_log: vCPUs are kicked, so that they flush at the exit that follows; nobody waits for it. */
export function kickForPml(m: Memory, vm: Vm): void {
  if (vm.machine.pml) makeAllCpusRequest(m, vm, 0, false);
}
