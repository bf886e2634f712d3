import { rcuReadLock, rcuReadUnlock } from '../locks/rcu.ts';
import { srcuReadLock, srcuReadUnlock } from '../locks/srcu.ts';
import type { Memory } from '../shared/memory.ts';
import { backingOf, isLeaf, isShadowPresent } from '../shared/spte.ts';
import { pageFault } from './fault.ts';
import { RET_EAGAIN, RET_PF_EMULATE, RET_PF_RETRY } from './fault-outcome.ts';
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
/** Part of the range is in a slot that is being deleted (EAGAIN). */
export const PREFAULT_AGAIN = 11;

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
    const outcome = mapInAdvance(m, vm, vcpu, gfn);
    gfn = endOfMapping(m, vm, vcpu, gfn);
    srcuReadUnlock(m, vm.srcu, vcpu);
    if (outcome === RET_PF_EMULATE) return PREFAULT_NO_SLOT;
    if (outcome === RET_EAGAIN) return PREFAULT_AGAIN;
  }
  return PREFAULT_OK;
}

/**
 * kvm_tdp_map_page: as often as it takes; what came of it in the end. The caller holds `vm.srcu`, for which the deletion of
 * a slot waits: whoever retries until the slot is gone waits for ever.
 */
function mapInAdvance(m: Memory, vm: Vm, vcpu: number, gfn: number): number {
  for (;;) {
    // As often as it takes: how often it took before does not matter to what follows.
    m.loopHead('mapInAdvance', gfn);
    if (!reloadRoot(m, vm, vcpu, L1)) continue;
    const root = m.loadOwn(vcpuRootWord(vm, vcpu, L1));
    const outcome = pageFault(m, vm, vcpu, L1, root, gfn, false, false, true);
    if (outcome !== RET_PF_RETRY) return outcome;
  }
}

/** The gfn behind the leaf that maps `gfn` now. The kernel's fault says at which level it mapped the page. */
function endOfMapping(m: Memory, vm: Vm, vcpu: number, gfn: number): number {
  let table = m.loadOwn(vcpuRootWord(vm, vcpu, L1));
  let end = gfn + 1;
  rcuReadLock(m, vm.rcu, vcpu);
  for (let level = vm.levels; level > 1; level--) {
    const spte = m.load(entryWord(vm, table, level, gfn));
    if (!isShadowPresent(spte)) break;
    if (isLeaf(spte, level)) {
      end = endOfEntry(vm, level, gfn);
      break;
    }
    table = backingOf(spte);
  }
  rcuReadUnlock(m, vm.rcu, vcpu);
  return end;
}
