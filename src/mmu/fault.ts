import { readLock, readUnlock } from '../locks/mmu-lock.ts';
import { rcuReadLock, rcuReadUnlock } from '../locks/rcu.ts';
import { srcuReadLock, srcuReadUnlock } from '../locks/srcu.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory } from '../shared/memory.ts';
import { backingOf, isFrozen, isShadowPresent, makeNonleafSpte, makeWritableSpte } from '../shared/spte.ts';
import { hostPageOfGfn } from './memslots.ts';
import { isRootInvalid } from './roots.ts';
import { returnCachedTable, takeCachedTable, topUpTableCache } from './table-cache.ts';
import { entryWord, initTable } from './tables.ts';
import type { Vm } from './vm.ts';

/** RET_PF_RETRY: something changed meanwhile; the guest runs into the fault again if it is still there. */
export const RET_PF_RETRY = 0;
/** RET_PF_FIXED. */
export const RET_PF_FIXED = 1;
/** RET_PF_SPURIOUS: another vCPU has mapped the page already. */
export const RET_PF_SPURIOUS = 2;

/**
 * kvm_tdp_mmu_page_fault: maps the page behind `gfn`, under `mmu_lock` for read.
 *
 * @param page the host page, for observers
 * @returns RET_PF_RETRY, RET_PF_FIXED or RET_PF_SPURIOUS
 */
export function tdpPageFault(m: Memory, vm: Vm, vcpu: number, root: number, gfn: number, page: number): number {
  m.note(GhostEvent.faultBegin, page, 0);
  srcuReadLock(m, vm.srcu, vcpu);
  const outcome = topUpTableCache(m, vm, vcpu) ? directPageFault(m, vm, vcpu, root, gfn) : RET_PF_RETRY;
  srcuReadUnlock(m, vm.srcu, vcpu);
  m.note(GhostEvent.faultEnd, page, outcome);
  return outcome;
}

function directPageFault(m: Memory, vm: Vm, vcpu: number, root: number, gfn: number): number {
  // The sequence is read before the page is looked up: an invalidation that ends in between is noticed below.
  const sequence = m.load(vm.invalidateSeq);
  const version = m.load(vm.hostVersions + hostPageOfGfn(m, vm, gfn));
  if (vm.rules.faultChecksInvalidation === 'before-lock' && mustRetry(m, vm, gfn, sequence)) return RET_PF_RETRY;
  readLock(m, vm.mmuLock, vcpu);
  let outcome = RET_PF_RETRY;
  if (!isPageFaultStale(m, vm, root, gfn, sequence)) {
    rcuReadLock(m, vm.rcu, vcpu);
    outcome = tdpMmuMap(m, vm, vcpu, root, gfn, version);
    rcuReadUnlock(m, vm.rcu, vcpu);
  }
  readUnlock(m, vm.mmuLock);
  return outcome;
}

/** is_page_fault_stale. The caller holds `mmu_lock`: what it sees stays so until it has mapped the page. */
function isPageFaultStale(m: Memory, vm: Vm, root: number, gfn: number, sequence: number): boolean {
  if (isRootInvalid(m, vm, root)) return true;
  return vm.rules.faultChecksInvalidation === 'under-lock' && mustRetry(m, vm, gfn, sequence);
}

/** mmu_invalidate_retry_gfn: in the reverse of the order at an invalidation's end. */
function mustRetry(m: Memory, vm: Vm, gfn: number, sequence: number): boolean {
  if (m.load(vm.invalidateInProgress) !== 0 && gfn >= m.load(vm.invalidateStart) && gfn < m.load(vm.invalidateEnd)) {
    return true;
  }
  return m.load(vm.invalidateSeq) !== sequence;
}

/** kvm_tdp_mmu_map. */
function tdpMmuMap(m: Memory, vm: Vm, vcpu: number, root: number, gfn: number, version: number): number {
  let table = root;
  for (let level = vm.levels; level > 1; level--) {
    const word = entryWord(vm, table, level, gfn);
    const spte = m.load(word);
    if (isFrozen(spte)) return RET_PF_RETRY;
    if (isShadowPresent(spte)) {
      table = backingOf(spte);
      continue;
    }
    const child = takeCachedTable(m, vm, vcpu);
    initTable(m, vm, child, level - 1, gfn);
    // tdp_mmu_link_sp: two vCPUs may link at once; the one that comes second walks the first one's table.
    if (!m.tryReplace(word, spte, makeNonleafSpte(vm.spte, child))) {
      returnCachedTable(m, vm, vcpu, child);
      return RET_PF_RETRY;
    }
    table = child;
  }
  return mapTargetLevel(m, vm, table, gfn, version);
}

/** tdp_mmu_map_handle_target_level. */
function mapTargetLevel(m: Memory, vm: Vm, table: number, gfn: number, version: number): number {
  const word = entryWord(vm, table, 1, gfn);
  const old = m.load(word);
  if (isFrozen(old)) return RET_PF_RETRY;
  if (vm.rules.faultKeepsPresentLeaf && isShadowPresent(old)) return RET_PF_SPURIOUS;
  const spte = makeWritableSpte(vm.spte, version, vm.rules.faultSetsAccessed);
  if (spte === old) return RET_PF_SPURIOUS;
  // Not a store: another vCPU may have mapped the page since the load, and its Accessed and Dirty would be lost.
  return m.tryReplace(word, old, spte) ? RET_PF_FIXED : RET_PF_RETRY;
}
