import { srcuReadLock, srcuReadUnlock } from '../locks/srcu.ts';
import type { Memory } from '../shared/memory.ts';
import { backingOf, isLeaf, isShadowPresent } from '../shared/spte.ts';
import { pageFault } from './fault.ts';
import { RET_PF_RETRY } from './fault-outcome.ts';
import { slotOfGfn } from './memslots.ts';
import { endOfEntry, entryWord } from './tables.ts';
import { reloadRoot, vcpuRootWord } from './vcpu.ts';
import { L1, type Vm } from './vm.ts';

/** The whole range is mapped. */
export const PREFAULT_OK = 0;
/** The kernel has no KVM_PRE_FAULT_MEMORY (EINVAL). */
export const PREFAULT_UNKNOWN = 22;
/** Not with shadow paging (EOPNOTSUPP). */
export const PREFAULT_UNSUPPORTED = 95;
/** Part of the range is in no slot (ENOENT). */
export const PREFAULT_NO_SLOT = 2;

/**
 * KVM_PRE_FAULT_MEMORY: maps [gfnStart, gfnEnd) as read faults would, without an access. The vCPU is outside the guest.
 *
 * @returns 0, or the error number of the first page that could not be mapped
 */
export function preFaultMemory(m: Memory, vm: Vm, vcpu: number, gfnStart: number, gfnEnd: number): number {
  if (!vm.rules.hasPrefault) return PREFAULT_UNKNOWN;
  if (!vm.machine.npt) return PREFAULT_UNSUPPORTED;
  let gfn = gfnStart;
  while (gfn < gfnEnd) {
    srcuReadLock(m, vm.srcu, vcpu);
    const slot = slotOfGfn(m, vm, gfn, 0);
    if (slot >= 0) mapInAdvance(m, vm, vcpu, gfn);
    srcuReadUnlock(m, vm.srcu, vcpu);
    if (slot < 0) return PREFAULT_NO_SLOT;
    gfn = endOfMapping(m, vm, m.loadOwn(vcpuRootWord(vm, vcpu, L1)), gfn);
  }
  return PREFAULT_OK;
}

/** kvm_tdp_map_page: as often as it takes. */
function mapInAdvance(m: Memory, vm: Vm, vcpu: number, gfn: number): void {
  for (;;) {
    if (!reloadRoot(m, vm, vcpu, L1)) continue;
    const root = m.loadOwn(vcpuRootWord(vm, vcpu, L1));
    if (pageFault(m, vm, vcpu, L1, root, gfn, false, true) !== RET_PF_RETRY) return;
  }
}

/** The gfn behind the leaf that maps `gfn` now. */
function endOfMapping(m: Memory, vm: Vm, root: number, gfn: number): number {
  let table = root;
  for (let level = vm.levels; level > 1; level--) {
    const spte = m.load(entryWord(vm, table, level, gfn));
    if (!isShadowPresent(spte)) break;
    if (isLeaf(spte, level)) return endOfEntry(vm, level, gfn);
    table = backingOf(spte);
  }
  return gfn + 1;
}
