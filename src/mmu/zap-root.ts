import { readLock, readUnlock, writeLock, writeUnlock } from '../locks/mmu-lock.ts';
import { rcuReadLock, rcuReadUnlock } from '../locks/rcu.ts';
import { srcuReadLock, srcuReadUnlock } from '../locks/srcu.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory } from '../shared/memory.ts';
import { backingOf, FROZEN_BITS, isFrozen, isShadowPresent } from '../shared/spte.ts';
import { hostPageOfGfn } from './memslots.ts';
import { nextRoot, tdpMmuPutRoot } from './roots.ts';
import { infoWord, retireTable } from './tables.ts';
import { makeAllCpusRequest, REQUEST_FREE_OBSOLETE_ROOTS } from './vcpu-state.ts';
import { INFO_GFN, INFO_INVALID, INFO_ZAP_PENDING, type Vm } from './vm.ts';

/**
 * kvm_mmu_zap_all_fast: every root becomes invalid at once, vCPUs leave them, and their tables are zapped and handed
 * back afterwards, while vCPUs already fault new ones in.
 */
export function zapAllFast(m: Memory, vm: Vm, thread: number): void {
  srcuReadLock(m, vm.srcu, thread);
  writeLock(m, vm.mmuLock, thread);
  invalidateAllRoots(m, vm);
  writeUnlock(m, vm.mmuLock);
  readLock(m, vm.mmuLock, thread);
  zapInvalidatedRoots(m, vm, thread);
  readUnlock(m, vm.mmuLock);
  srcuReadUnlock(m, vm.srcu, thread);
}

/** kvm_tdp_mmu_invalidate_roots, and the request that makes vCPUs leave the roots. */
function invalidateAllRoots(m: Memory, vm: Vm): void {
  m.note(GhostEvent.rootInvalidateBegin, -1, 0);
  for (let root = m.load(vm.firstRoot); root !== 0; root = nextRoot(m, vm, root)) {
    if (m.load(infoWord(vm, root, INFO_INVALID)) !== 0) continue;
    m.store(infoWord(vm, root, INFO_ZAP_PENDING), 1);
    m.store(infoWord(vm, root, INFO_INVALID), 1);
  }
  // No TLB flush: a vCPU flushes its own when it loads the next root.
  makeAllCpusRequest(m, vm, REQUEST_FREE_OBSOLETE_ROOTS, true);
  m.note(GhostEvent.rootInvalidateEnd, -1, 0);
}

/** kvm_tdp_mmu_zap_invalidated_roots, under `mmu_lock` for read. */
function zapInvalidatedRoots(m: Memory, vm: Vm, thread: number): void {
  for (let root = claimRootToZap(m, vm, thread); root !== 0; root = claimRootToZap(m, vm, thread)) {
    rcuReadLock(m, vm.rcu, thread);
    zapEntries(m, vm, root, vm.levels, false);
    rcuReadUnlock(m, vm.rcu, thread);
    tdpMmuPutRoot(m, vm, thread, root);
  }
}

/**
 * A root that still has to be zapped, or 0. Two zappers may see the same one; the one that clears the bit zaps it. The
 * TDP MMU's own reference keeps it in the list, visible to notifiers, until it is zapped (B16).
 */
function claimRootToZap(m: Memory, vm: Vm, thread: number): number {
  rcuReadLock(m, vm.rcu, thread);
  let root = m.load(vm.firstRoot);
  while (root !== 0 && !m.testAndClear(infoWord(vm, root, INFO_ZAP_PENDING), 1)) root = nextRoot(m, vm, root);
  rcuReadUnlock(m, vm.rcu, thread);
  return root;
}

/**
 * tdp_mmu_zap_root, and handle_removed_pt for the tables below. Removed tables are frozen entry by entry, so that a
 * fault that still walks them does not map anything into them; the exchange waits out one that owns an entry.
 */
function zapEntries(m: Memory, vm: Vm, table: number, level: number, removed: boolean): void {
  const words = vm.tables + table * vm.entries;
  const value = removed ? vm.rules.nonpresentSpte | FROZEN_BITS : vm.rules.nonpresentSpte;
  for (let index = 0; index < vm.entries; index++) {
    if (!removed && !isShadowPresent(m.load(words + index))) continue;
    const page = level === 1 ? hostPageOfGfn(m, vm, m.load(infoWord(vm, table, INFO_GFN)) + index) : -1;
    if (page >= 0) m.note(GhostEvent.zapBegin, page, 0);
    let spte = m.exchange(words + index, value);
    while (isFrozen(spte)) spte = m.exchange(words + index, value);
    if (page >= 0) m.note(GhostEvent.zapEnd, page, spte);
    if (level > 1 && isShadowPresent(spte)) {
      const child = backingOf(spte);
      zapEntries(m, vm, child, level - 1, true);
      retireTable(m, vm, child);
    }
  }
}
