import { writeLock, writeUnlock } from '../locks/mmu-lock.ts';
import { rcuReadLock, rcuReadUnlock } from '../locks/rcu.ts';
import { srcuReadLock, srcuReadUnlock } from '../locks/srcu.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { backingOf, FROZEN_BITS, isFrozen, isLeaf, isShadowPresent } from '../shared/spte.ts';
import { lockForTdpBulk, unlockForTdpBulk } from './bulk-lock.ts';
import { leafChanged } from './leaf-changed.ts';
import { hostPageOfGfn, tableAddressSpace } from './memslots.ts';
import { nextRoot, tdpMmuPutRoot } from './roots.ts';
import { usesTdpMmu, zapActivePages } from './shadow-pages.ts';
import { infoWord, pagesOfLevel, retireTable } from './tables.ts';
import { flushRemoteTlbs, makeAllCpusRequest, REQUEST_FREE_OBSOLETE_ROOTS } from './vcpu-state.ts';
import { INFO_GFN, INFO_INVALID, INFO_ZAP_PENDING, type Vm } from './vm.ts';
import { noteZapBegin, noteZapEnd } from './zap.ts';

/**
 * kvm_mmu_zap_all_fast: every root becomes invalid at once, vCPUs leave them, and their tables are zapped and handed
 * back afterwards, while vCPUs already fault new ones in.
 */
export function zapAllFast(m: Memory, vm: Vm, thread: number): void {
  srcuReadLock(m, vm.srcu, thread);
  zapAll(m, vm, thread);
  srcuReadUnlock(m, vm.srcu, thread);
}

/** The same for a caller that keeps memslots from changing otherwise. */
export function zapAll(m: Memory, vm: Vm, thread: number): void {
  writeLock(m, vm.mmuLock, thread);
  m.note(GhostEvent.rootInvalidateBegin, -1, 0);
  invalidateTdpRoots(m, vm);
  if (vm.hasShadowMmu) zapActivePages(m, vm);
  // When roots of both MMUs are invalid: a vCPU that met the request before would keep its root. No TLB flush: a vCPU
  // flushes its own when it loads the next root.
  makeAllCpusRequest(m, vm, REQUEST_FREE_OBSOLETE_ROOTS, true);
  m.note(GhostEvent.rootInvalidateEnd, -1, 0);
  writeUnlock(m, vm.mmuLock);
  if (!usesTdpMmu(vm)) return;
  lockForTdpBulk(m, vm, thread);
  zapInvalidatedRoots(m, vm, thread);
  unlockForTdpBulk(m, vm);
}

/** kvm_tdp_mmu_invalidate_roots. */
function invalidateTdpRoots(m: Memory, vm: Vm): void {
  for (let root = m.load(vm.firstRoot); root !== 0; root = nextRoot(m, vm, root)) {
    if (m.load(infoWord(vm, root, INFO_INVALID)) !== 0) continue;
    m.store(infoWord(vm, root, INFO_ZAP_PENDING), 1);
    m.store(infoWord(vm, root, INFO_INVALID), 1);
  }
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
 * TDP MMU's own reference keeps it in the list, visible to notifiers, until it is zapped.
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
    const seen = m.load(words + index);
    if (!removed && !isShadowPresent(seen)) continue;
    const leaf = isLeaf(seen, level);
    const page = leaf ? pageOfEntry(m, vm, table, level, index) : -1;
    const cuts = isShadowPresent(seen) && !leaf;
    if (page >= 0) noteZapBegin(m, vm, level, page);
    if (cuts) m.note(GhostEvent.teardownBegin, -1, 0);
    let spte = m.exchange(words + index, value);
    while (isFrozen(spte)) spte = m.exchange(words + index, value);
    if (page >= 0) {
      noteZapEnd(m, vm, level, page, spte);
      leafChanged(m, vm, page, spte, value);
    }
    if (isShadowPresent(spte) && !isLeaf(spte, level)) removeTable(m, vm, backingOf(spte), level - 1);
    if (cuts) m.note(GhostEvent.teardownEnd, -1, 0);
  }
}

/** The first host page behind an entry, or -1 if no slot has it. */
function pageOfEntry(m: Memory, vm: Vm, table: number, level: number, index: number): number {
  const gfn = m.load(infoWord(vm, table, INFO_GFN)) + index * pagesOfLevel(vm, level);
  return hostPageOfGfn(m, vm, gfn, tableAddressSpace(m, vm, table));
}

/** handle_removed_pt: empties a table that nothing points to any more, and hands it back after its grace period. */
export function removeTable(m: Memory, vm: Vm, table: number, level: number): void {
  zapEntries(m, vm, table, level, true);
  retireTable(m, vm, table);
}

/**
 * tdp_mmu_zap_spte_atomic: zaps one entry under `mmu_lock` for read. It is frozen until TLBs are flushed, so that no fault
 * maps another page while some vCPU still reaches the old one. The caller is in an RCU section.
 *
 * @param page the first host page of a leaf
 * @returns false if the entry has changed
 */
export function zapSpteAtomic(m: Memory, vm: Vm, word: Word, spte: number, level: number, page: number): boolean {
  const leaf = isLeaf(spte, level);
  if (leaf) noteZapBegin(m, vm, level, page);
  else m.note(GhostEvent.teardownBegin, -1, 0);
  const frozen = m.tryReplace(word, spte, vm.rules.nonpresentSpte | FROZEN_BITS);
  if (leaf) noteZapEnd(m, vm, level, page, frozen ? spte : vm.rules.nonpresentSpte);
  if (!frozen) {
    if (!leaf) m.note(GhostEvent.teardownEnd, -1, 0);
    return false;
  }
  if (vm.rules.zapBookkeeping === 'before-flush') entryZapped(m, vm, spte, level, page);
  flushRemoteTlbs(m, vm);
  m.store(word, vm.rules.nonpresentSpte);
  if (vm.rules.zapBookkeeping === 'after-flush') entryZapped(m, vm, spte, level, page);
  return true;
}

/** handle_changed_spte, of an entry that is zapped. */
function entryZapped(m: Memory, vm: Vm, spte: number, level: number, page: number): void {
  if (isLeaf(spte, level)) leafChanged(m, vm, page, spte, vm.rules.nonpresentSpte);
  else {
    removeTable(m, vm, backingOf(spte), level - 1);
    m.note(GhostEvent.teardownEnd, -1, 0);
  }
}
