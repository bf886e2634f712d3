import type { Memory, Word } from '../shared/memory.ts';
import { isShadowPresent } from '../shared/spte.ts';
import { handsLeavesOn, leafChanged, noteAccessedTaken, noteNonatomicUpdate } from './leaf-changed.ts';
import { hostPageOfGfn, pageOfGfn, slotOfGfn, tableAddressSpace } from './memslots.ts';
import { pteListRemove, rmapHead } from './rmap.ts';
import { isAccessed, isDirty, isMmuWritable, isWritable, mustUpdateAtomically } from './spte-state.ts';
import { gfnOfEntry, infoWord, tableOfEntry } from './tables.ts';
import { INFO_LEVEL, type Vm } from './vm.ts';
import { noteZapBegin, noteZapEnd } from './zap.ts';

/** Updates of leaf SPTEs of the shadow MMU. The caller holds `mmu_lock` for write. */

/** The first host page of a shadow MMU leaf, or -1 if its slot is gone. */
function pageOfShadowLeaf(m: Memory, vm: Vm, sptep: Word, table: number, level: number): number {
  return hostPageOfGfn(m, vm, gfnOfEntry(m, vm, table, level, sptep), tableAddressSpace(m, vm, table));
}

/**
 * mmu_spte_update: changes a present leaf, atomically where the hardware, aging or a fast page fault may change it too.
 *
 * @returns whether TLBs must be flushed
 */
export function mmuSpteUpdate(m: Memory, vm: Vm, sptep: Word, next: number): boolean {
  const spte = m.load(sptep);
  if (!isShadowPresent(spte)) {
    m.store(sptep, next);
    return false;
  }
  const table = tableOfEntry(vm, sptep);
  const level = m.load(infoWord(vm, table, INFO_LEVEL));
  // Looked up only for those who want to know it: the host page, and observers of a plain store.
  const wanted = handsLeavesOn(vm) || !mustUpdateAtomically(vm, spte);
  const page = wanted ? pageOfShadowLeaf(m, vm, sptep, table, level) : -1;
  const old = writePresent(m, vm, sptep, spte, next, level, page);
  if (page >= 0) noteAccessedTaken(m, vm, level, page, spte, old, next);
  leafChanged(m, vm, page, old, next);
  return leafChangeNeedsFlush(vm, old, next);
}

/** mmu_spte_update_no_track, of a leaf that maps `page` first: what it knew was handed on before, or is not to be. */
export function mmuSpteUpdateNoTrack(m: Memory, vm: Vm, sptep: Word, next: number, level: number, page: number): void {
  const spte = m.load(sptep);
  if (isShadowPresent(spte)) writePresent(m, vm, sptep, spte, next, level, page);
  else m.store(sptep, next);
}

function writePresent(m: Memory, vm: Vm, sptep: Word, spte: number, next: number, level: number, page: number): number {
  if (mustUpdateAtomically(vm, spte)) return m.exchange(sptep, next);
  m.store(sptep, next);
  if (page >= 0) noteNonatomicUpdate(m, vm, level, page, spte, next);
  return spte;
}

/** leaf_spte_change_needs_tlb_flush, and what mmu_spte_update looked at before there was one. */
function leafChangeNeedsFlush(vm: Vm, old: number, now: number): boolean {
  const keepsWrite = vm.rules.writeLossFlushes === 'mmu-writable' ? isMmuWritable(vm, now) : isWritable(now);
  if (isMmuWritable(vm, old) && !keepsWrite) return true;
  if (!vm.rules.flushesClearedAccessedDirty) return false;
  return (isAccessed(vm, old) && !isAccessed(vm, now)) || (isDirty(vm, old) && !isDirty(vm, now));
}

/** mmu_spte_clear_track_bits: makes a leaf nonpresent, and hands on what it knew; what it was. */
export function mmuSpteClearTrackBits(m: Memory, vm: Vm, sptep: Word, level: number, page: number): number {
  let old = m.load(sptep);
  if (page >= 0) noteZapBegin(m, vm, level, page);
  if (isShadowPresent(old) && mustUpdateAtomically(vm, old)) old = m.exchange(sptep, vm.rules.nonpresentSpte);
  else m.store(sptep, vm.rules.nonpresentSpte);
  if (page >= 0) {
    noteZapEnd(m, vm, level, page, old);
    leafChanged(m, vm, page, old, vm.rules.nonpresentSpte);
  }
  return old;
}

/**
 * drop_spte: zaps a leaf and takes it out of its rmap, in this order: a lockless reader that holds the rmap still finds
 * the SPTE's word, and the page that holds the word goes only afterwards.
 */
export function dropSpte(m: Memory, vm: Vm, sptep: Word): void {
  const table = tableOfEntry(vm, sptep);
  const level = m.load(infoWord(vm, table, INFO_LEVEL));
  const gfn = gfnOfEntry(m, vm, table, level, sptep);
  const slot = slotOfGfn(m, vm, gfn, tableAddressSpace(m, vm, table));
  const page = slot < 0 ? -1 : pageOfGfn(m, vm, slot, gfn);
  const old = mmuSpteClearTrackBits(m, vm, sptep, level, page);
  if (isShadowPresent(old) && slot >= 0) pteListRemove(m, vm, rmapHead(m, vm, slot, level, gfn), sptep);
}
