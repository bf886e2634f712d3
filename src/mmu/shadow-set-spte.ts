import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { backingOf, isLeaf, isShadowPresent } from '../shared/spte.ts';
import { markPageDirtyInSlot } from './dirty-bitmap.ts';
import { RET_PF_FIXED, RET_PF_SPURIOUS } from './fault-outcome.ts';
import { notePrefaultRewrote } from './leaf-changed.ts';
import { pageOfGfn } from './memslots.ts';
import { pteListAdd, rmapHead } from './rmap.ts';
import { dropParentPte } from './shadow-pages.ts';
import { dropSpte, mmuSpteUpdate } from './shadow-spte.ts';
import { isWritable, makeLeafSpte } from './spte-state.ts';
import { infoWord } from './tables.ts';
import { flushRemoteTlbs } from './vcpu-state.ts';
import { INFO_ROLE, ROLE_GUEST_MODE, type Vm } from './vm.ts';

/**
 * mmu_set_spte: makes an entry of the shadow MMU map a page, and enters it in the page's rmap. The caller holds
 * `mmu_lock` for write.
 *
 * @param prefetch nobody has accessed the page
 */
export function mmuSetSpte(
  m: Memory,
  vm: Vm,
  slot: number,
  table: number,
  sptep: Word,
  level: number,
  gfn: number,
  version: number,
  prefetch: boolean,
  mapWritable: boolean,
): number {
  const old = m.load(sptep);
  let wasRmapped = false;
  let flush = false;
  if (isShadowPresent(old)) {
    if (!isLeaf(old, level)) {
      // A 2M leaf takes the place of a table, which stays where it is, with nothing that leads to it.
      dropParentPte(m, vm, backingOf(old), sptep);
      flush = true;
    } else if (backingOf(old) !== version) {
      dropSpte(m, vm, sptep);
      flush = true;
    } else {
      if (prefetch && vm.rules.faultKeepsPresentLeaf) return RET_PF_SPURIOUS;
      wasRmapped = true;
    }
  }
  const before = m.load(sptep);
  const guestMode = (m.load(infoWord(vm, table, INFO_ROLE)) & ROLE_GUEST_MODE) !== 0;
  const spte = makeLeafSpte(vm, level, guestMode, before, version, prefetch, mapWritable);
  // make_spte logs what it makes writable, before anybody can write through it.
  if (isWritable(spte)) markPageDirtyInSlot(m, vm, slot, gfn);
  // Before the update, which hands on what the old leaf knew: from the step that makes the leaf writable on, it is known.
  if (isWritable(spte)) m.note(GhostEvent.madeWritable, pageOfGfn(m, vm, slot, gfn), spte);
  const outcome = before === spte ? RET_PF_SPURIOUS : RET_PF_FIXED;
  if (outcome === RET_PF_FIXED && mmuSpteUpdate(m, vm, sptep, spte)) flush = true;
  if (wasRmapped && prefetch) notePrefaultRewrote(m, vm, level, pageOfGfn(m, vm, slot, gfn), before, spte);
  if (flush) flushRemoteTlbs(m, vm);
  if (!wasRmapped) pteListAdd(m, vm, rmapHead(m, vm, slot, level, gfn), sptep);
  return outcome;
}
