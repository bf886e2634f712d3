import { rcuReadLock, rcuReadUnlock } from '../locks/rcu.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { backingOf, isLargeLeaf, isLeaf, isShadowPresent, WRITABLE } from '../shared/spte.ts';
import { markHostPageDirty } from './host-page-state.ts';
import { handsLeavesOn, leafChanged, noteAccessedTaken, noteNonatomicUpdate } from './leaf-changed.ts';
import { pageOfGfn, slotAddressSpace, tableAddressSpace } from './memslots.ts';
import { rmapHead, spteOfList } from './rmap.ts';
import { maxLeafLevel } from './rmap-zap.ts';
import { isRootInvalid, nextRoot } from './roots.ts';
import { haveRmaps, usesTdpMmu } from './shadow-pages.ts';
import { mmuSpteUpdate } from './shadow-spte.ts';
import { adNeedsWriteProtect, isMmuWritable, mustUpdateAtomically } from './spte-state.ts';
import { endOfEntry, entryWord, pagesOfLevel } from './tables.ts';
import { tdpMmuWriteSpte } from './tdp-write.ts';
import type { Vm } from './vm.ts';

/** Taking write access or Dirty away, for dirty logging and for shadowed page tables. */

/** What is taken away. */
export const WRITE_ACCESS = 0;
/** Dirty where the machine logs dirt by it, else write access. */
export const DIRTY_BIT = 1;

/** spte_write_protect without pt_protect: W goes, MMU-writable stays, so that a fast page fault can give W back. */
function withoutDirt(vm: Vm, spte: number, what: number): number {
  return what === WRITE_ACCESS || adNeedsWriteProtect(vm, spte) ? spte & ~WRITABLE : spte & ~vm.spte.dirty;
}

/**
 * kvm_tdp_mmu_wrprot_slot and kvm_tdp_mmu_clear_dirty_slot: every leaf of [gfnStart, gfnEnd) at `minLevel` or above, under
 * `mmu_lock` for read, hence by compare-exchange.
 */
export function tdpMmuProtectRange(
  m: Memory,
  vm: Vm,
  thread: number,
  slot: number,
  gfnStart: number,
  gfnEnd: number,
  minLevel: number,
  what: number,
): void {
  if (!usesTdpMmu(vm)) return;
  const addressSpace = slotAddressSpace(m, vm, slot);
  rcuReadLock(m, vm.rcu, thread);
  for (let root = m.load(vm.firstRoot); root !== 0; root = nextRoot(m, vm, root)) {
    if (isRootInvalid(m, vm, root) || tableAddressSpace(m, vm, root) !== addressSpace) continue;
    protectBelow(m, vm, slot, root, vm.levels, gfnStart, gfnEnd, minLevel, what);
  }
  rcuReadUnlock(m, vm.rcu, thread);
}

/** wrprot_gfn_range, clear_dirty_gfn_range. */
function protectBelow(
  m: Memory,
  vm: Vm,
  slot: number,
  table: number,
  level: number,
  gfnStart: number,
  gfnEnd: number,
  minLevel: number,
  what: number,
): void {
  let gfn = gfnStart;
  while (gfn < gfnEnd) {
    const end = Math.min(gfnEnd, endOfEntry(vm, level, gfn));
    const word = entryWord(vm, table, level, gfn);
    const spte = m.load(word);
    if (isShadowPresent(spte)) {
      if (isLeaf(spte, level)) protectAtomically(m, vm, slot, word, level, gfn, what);
      else if (level > minLevel) protectBelow(m, vm, slot, backingOf(spte), level - 1, gfn, end, minLevel, what);
    }
    gfn = end;
  }
}

/** tdp_mmu_set_spte_atomic, until it succeeds or there is nothing to do. */
function protectAtomically(
  m: Memory,
  vm: Vm,
  slot: number,
  word: Word,
  level: number,
  gfn: number,
  what: number,
): void {
  for (;;) {
    const spte = m.load(word);
    if (!isShadowPresent(spte) || !isLeaf(spte, level)) return;
    const next = withoutDirt(vm, spte, what);
    if (next === spte) return;
    if (!m.tryReplace(word, spte, next)) continue;
    if (handsLeavesOn(vm)) leafChanged(m, vm, firstPage(m, vm, slot, level, gfn), spte, next);
    return;
  }
}

/** The first host page of the leaf of `level` that maps `gfn`. */
function firstPage(m: Memory, vm: Vm, slot: number, level: number, gfn: number): number {
  return pageOfGfn(m, vm, slot, gfn & ~(pagesOfLevel(vm, level) - 1));
}

/**
 * clear_dirty_pt_masked: the 4K leaves of the pages that are set in `mask`, bit 0 being `gfn`. The caller holds `mmu_lock`
 * for write and is responsible for the flush.
 */
export function tdpMmuProtectMasked(
  m: Memory,
  vm: Vm,
  thread: number,
  slot: number,
  gfn: number,
  mask: number,
  what: number,
): void {
  if (!usesTdpMmu(vm)) return;
  const addressSpace = slotAddressSpace(m, vm, slot);
  rcuReadLock(m, vm.rcu, thread);
  for (let root = m.load(vm.firstRoot); root !== 0; root = nextRoot(m, vm, root)) {
    if (isRootInvalid(m, vm, root) || tableAddressSpace(m, vm, root) !== addressSpace) continue;
    for (let rest = mask; rest !== 0; rest &= rest - 1) {
      const leafGfn = gfn + 31 - Math.clz32(rest & -rest);
      const word = leafWord(m, vm, root, leafGfn, 1);
      if (word !== 0) protectUnderLock(m, vm, word, what, pageOfGfn(m, vm, slot, leafGfn));
    }
  }
  rcuReadUnlock(m, vm.rcu, thread);
}

/** One leaf: tdp_mmu_set_spte, or tdp_mmu_clear_spte_bits, after which the host page counts as dirty in any case. */
function protectUnderLock(m: Memory, vm: Vm, word: Word, what: number, page: number): void {
  const spte = m.load(word);
  // A 2M leaf cannot tell which of its pages was written; it is dealt with apart.
  if (!isShadowPresent(spte) || isLargeLeaf(spte)) return;
  const next = withoutDirt(vm, spte, what);
  if (next === spte) return;
  if (vm.rules.protectsMaskedBy === 'exchange-or-store') {
    updateLeaf(m, vm, word, spte, next, 1, page);
    return;
  }
  if (mustUpdateAtomically(vm, spte)) {
    m.clearBits(word, spte & ~next);
  } else {
    m.store(word, next);
    noteNonatomicUpdate(m, vm, 1, page, spte, next);
  }
  if (vm.rules.marksHostPageDirty === 'when-lost') markHostPageDirty(m, vm, page);
}

/** tdp_mmu_set_spte: changes a leaf of `level`, which maps `page` first, and hands on what it knew. */
function updateLeaf(m: Memory, vm: Vm, word: Word, spte: number, next: number, level: number, page: number): void {
  const old = tdpMmuWriteSpte(m, vm, word, spte, next);
  if (mustUpdateAtomically(vm, spte)) noteAccessedTaken(m, vm, level, page, spte, old, next);
  else noteNonatomicUpdate(m, vm, level, page, spte, next);
  leafChanged(m, vm, page, old, next);
}

/** The word of the entry at which a walk for `gfn` ends, 0 if that is not a leaf or is below `minLevel`. */
function leafWord(m: Memory, vm: Vm, root: number, gfn: number, minLevel: number): Word {
  let table = root;
  for (let level = vm.levels; level >= minLevel; level--) {
    const word = entryWord(vm, table, level, gfn);
    const spte = m.load(word);
    if (!isShadowPresent(spte)) return 0;
    if (isLeaf(spte, level)) return word;
    table = backingOf(spte);
  }
  return 0;
}

/** rmap_write_protect and __rmap_clear_dirty of one page; whether TLBs must be flushed. `mmu_lock` is held for write. */
export function rmapProtect(m: Memory, vm: Vm, slot: number, level: number, gfn: number, what: number): boolean {
  let flush = false;
  const value = m.load(rmapHead(m, vm, slot, level, gfn));
  if (value === 0) return false;
  for (let i = 0, sptep = spteOfList(m, vm, value, 0); sptep !== 0; sptep = spteOfList(m, vm, value, ++i)) {
    const spte = m.load(sptep);
    const next = withoutDirt(vm, spte, what);
    if (next !== spte && mmuSpteUpdate(m, vm, sptep, next)) flush = true;
  }
  return flush;
}

/** walk_slot_rmaps with rmap_write_protect or __rmap_clear_dirty: leaves of these levels. `mmu_lock` is held for write. */
export function rmapProtectRange(
  m: Memory,
  vm: Vm,
  slot: number,
  gfnStart: number,
  gfnEnd: number,
  minLevel: number,
  maxLevel: number,
  what: number,
): boolean {
  let flush = false;
  for (let level = minLevel; level <= maxLevel; level++) {
    const step = pagesOfLevel(vm, level);
    for (let gfn = gfnStart & ~(step - 1); gfn < gfnEnd; gfn += step) {
      if (rmapProtect(m, vm, slot, level, Math.max(gfn, gfnStart), what)) flush = true;
    }
  }
  return flush;
}

/**
 * kvm_mmu_slot_gfn_write_protect: W and MMU-writable of what maps `gfn` at `minLevel` or above go, in both MMUs, so that no
 * fast page fault gives W back: the page becomes a shadowed page table, or must be split before it is written. The
 * caller holds `mmu_lock` for write.
 *
 * @returns whether TLBs must be flushed: also where only MMU-writable was set, since aging and dirty logging take W away
 *   without a flush and leave translations behind that can write
 */
export function slotGfnWriteProtect(
  m: Memory,
  vm: Vm,
  thread: number,
  slot: number,
  gfn: number,
  minLevel: number,
): boolean {
  let flush = false;
  if (haveRmaps(m, vm)) {
    for (let level = minLevel; level <= maxLeafLevel(vm); level++) {
      if (rmapWriteProtectForGood(m, vm, rmapHead(m, vm, slot, level, gfn))) flush = true;
    }
  }
  if (!usesTdpMmu(vm)) return flush;
  const addressSpace = slotAddressSpace(m, vm, slot);
  rcuReadLock(m, vm.rcu, thread);
  for (let root = m.load(vm.firstRoot); root !== 0; root = nextRoot(m, vm, root)) {
    if (isRootInvalid(m, vm, root) || tableAddressSpace(m, vm, root) !== addressSpace) continue;
    const word = leafWord(m, vm, root, gfn, minLevel);
    const spte = word === 0 ? 0 : m.load(word);
    if (!isShadowPresent(spte) || !isMmuWritable(vm, spte)) continue;
    const level = isLargeLeaf(spte) ? 2 : 1;
    const next = spte & ~(WRITABLE | vm.spte.mmuWritable);
    updateLeaf(m, vm, word, spte, next, level, firstPage(m, vm, slot, level, gfn));
    flush = true;
  }
  rcuReadUnlock(m, vm.rcu, thread);
  return flush;
}

/** rmap_write_protect with pt_protect. */
function rmapWriteProtectForGood(m: Memory, vm: Vm, head: Word): boolean {
  const value = m.load(head);
  if (value === 0) return false;
  let flush = false;
  for (let i = 0, sptep = spteOfList(m, vm, value, 0); sptep !== 0; sptep = spteOfList(m, vm, value, ++i)) {
    const spte = m.load(sptep);
    if (!isMmuWritable(vm, spte)) continue;
    if (mmuSpteUpdate(m, vm, sptep, spte & ~(WRITABLE | vm.spte.mmuWritable))) flush = true;
  }
  return flush;
}
