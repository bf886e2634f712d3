import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { isShadowPresent } from '../shared/spte.ts';
import { leafChanged } from './leaf-changed.ts';
import { hostPageOfGfn, slotOfGfn, tableAddressSpace } from './memslots.ts';
import { pteListRemove, rmapHead } from './rmap.ts';
import { isAccessed, isDirty, isMmuWritable, isWritable, mustUpdateAtomically } from './spte-state.ts';
import { gfnOfEntry, infoWord, tableOfEntry } from './tables.ts';
import { INFO_LEVEL, type Vm } from './vm.ts';
import { noteZapBegin, noteZapEnd } from './zap.ts';

/** Updates of leaf SPTEs of the shadow MMU. The caller holds `mmu_lock` for write. */

/** The host page of a shadow MMU leaf, or -1 if its slot is gone. */
export function pageOfShadowLeaf(m: Memory, vm: Vm, sptep: Word): number {
  const table = tableOfEntry(vm, sptep);
  const gfn = gfnOfEntry(m, vm, table, m.load(infoWord(vm, table, INFO_LEVEL)), sptep);
  return hostPageOfGfn(m, vm, gfn, tableAddressSpace(m, vm, table));
}

/**
 * mmu_spte_update: changes a present leaf, atomically where the hardware, aging or a fast page fault may change it too.
 *
 * @returns whether TLBs must be flushed
 */
export function mmuSpteUpdate(m: Memory, vm: Vm, sptep: Word, next: number): boolean {
  let old = m.load(sptep);
  if (!isShadowPresent(old)) {
    m.store(sptep, next);
    return false;
  }
  const page = pageOfShadowLeaf(m, vm, sptep);
  if (mustUpdateAtomically(vm, old)) {
    old = m.exchange(sptep, next);
  } else {
    m.store(sptep, next);
    m.note(GhostEvent.nonatomicUpdate, page, old);
  }
  leafChanged(m, vm, page, old, next);
  if (isMmuWritable(vm, old) && !isWritable(next)) return true;
  if (!vm.rules.flushesClearedAccessedDirty) return false;
  return (isAccessed(vm, old) && !isAccessed(vm, next)) || (isDirty(vm, old) && !isDirty(vm, next));
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
 * the SPTE's word, and the page that holds the word goes only afterwards (B27).
 */
export function dropSpte(m: Memory, vm: Vm, sptep: Word): void {
  const table = tableOfEntry(vm, sptep);
  const level = m.load(infoWord(vm, table, INFO_LEVEL));
  const gfn = gfnOfEntry(m, vm, table, level, sptep);
  const addressSpace = tableAddressSpace(m, vm, table);
  const page = hostPageOfGfn(m, vm, gfn, addressSpace);
  const old = mmuSpteClearTrackBits(m, vm, sptep, level, page);
  if (!isShadowPresent(old)) return;
  const slot = slotOfGfn(m, vm, gfn, addressSpace);
  if (slot >= 0) pteListRemove(m, vm, rmapHead(m, vm, slot, level, gfn), sptep);
}
