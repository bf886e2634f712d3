import { readLock, readUnlock, writeLock, writeUnlock } from '../locks/mmu-lock.ts';
import type { Memory } from '../shared/memory.ts';
import type { Vm } from './vm.ts';

/** Takes `mmu_lock` as it takes to work through a whole slot, or an invalid root, in the TDP MMU. */
export function lockForTdpBulk(m: Memory, vm: Vm, thread: number): void {
  if (vm.rules.tdpBulkTakesMmuLock === 'write') writeLock(m, vm.mmuLock, thread);
  else readLock(m, vm.mmuLock, thread);
}

export function unlockForTdpBulk(m: Memory, vm: Vm): void {
  if (vm.rules.tdpBulkTakesMmuLock === 'write') writeUnlock(m, vm.mmuLock);
  else readUnlock(m, vm.mmuLock);
}
