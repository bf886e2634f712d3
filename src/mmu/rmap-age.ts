import { rmapLock, rmapUnlockReadonly } from '../locks/rmap-lock.ts';
import { GhostEvent, LockKind } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { isShadowPresent } from '../shared/spte.ts';
import { type AgingRange, recordYoung, shouldAge } from './gfn-range.ts';
import { markHostPageDirty } from './host-page-state.ts';
import { rmapHead, spteOfList } from './rmap.ts';
import { maxLeafLevel } from './rmap-zap.ts';
import { mmuSpteUpdateNoTrack } from './shadow-spte.ts';
import { isAccessed, isAdEnabled, isWritable, markForAccessTrack } from './spte-state.ts';
import { pagesOfLevel } from './tables.ts';
import { CLEAR, TEST } from './tdp-age.ts';
import type { Vm } from './vm.ts';

/**
 * kvm_rmap_age_gfn_range, kvm_age_rmap and kvm_test_age_rmap before 6.15: tests or clears Accessed in every shadow MMU SPTE
 * of a range, under `mmu_lock` for write or, where the rules say so, under each rmap's bit lock.
 */
export function rmapAgeGfnRange(m: Memory, vm: Vm, range: AgingRange, action: number): boolean {
  const { slot, pageOffset, bitmap } = range;
  let young = false;
  for (let level = 1; level <= maxLeafLevel(vm); level++) {
    const step = pagesOfLevel(vm, level);
    // Since 6.15 the walk steps from the range's first page, wherever in its 2M page that is, and misses a later 2M page
    // that the range only touches.
    const first = vm.rules.rmapWalkAligned ? range.start & ~(step - 1) : range.start;
    for (let gfn = first; gfn < range.end; gfn += step) {
      const inRange = Math.max(gfn, range.start);
      const leaf = inRange & ~(step - 1);
      const end = Math.min(range.end, leaf + step);
      if (step > 1 && inRange !== leaf && !vm.rules.agesTouchedHugeLeaf) continue;
      if (action === CLEAR && bitmap !== 0 && !shouldAge(m, vm, range, leaf, inRange, end)) continue;
      if (!ageRmap(m, vm, rmapHead(m, vm, slot, level, inRange), level, action, leaf + pageOffset)) continue;
      young = true;
      if (action !== TEST) continue;
      if (bitmap === 0) return true;
      recordYoung(m, vm, range, leaf, inRange, end);
    }
  }
  return young;
}

/** One rmap. `page` is the first host page that its SPTEs map. */
function ageRmap(m: Memory, vm: Vm, head: Word, level: number, action: number, page: number): boolean {
  const locks = vm.rules.rmapsHaveBitLock;
  const value = locks ? rmapLock(m, head, vm.rules.rmapLockRechecksEmpty) : m.load(head);
  if (value === 0) return false;
  m.note(GhostEvent.lockNeeded, page, LockKind.mmuLockWrite | LockKind.rmapBit);
  let young = false;
  for (let i = 0, sptep = spteOfList(m, vm, value, 0); sptep !== 0; sptep = spteOfList(m, vm, value, ++i)) {
    // One read: without mmu_lock the SPTE can be zapped at any moment, and then there is nothing to age.
    const spte = m.peek(sptep);
    if (!isShadowPresent(spte) || !isAccessed(vm, spte)) continue;
    young = true;
    if (action === TEST) {
      noteYoung(m, vm, GhostEvent.testedYoung, level, page, spte);
      if (!vm.rules.testKeepsAccessed) m.clearBits(sptep, vm.spte.accessed);
      break;
    }
    ageRmapSpte(m, vm, sptep, spte, level, page);
    noteYoung(m, vm, GhostEvent.clearedYoung, level, page, spte);
  }
  if (locks) rmapUnlockReadonly(m, head, value);
  return young;
}

/** mmu_spte_age. Only single atomic operations: nobody keeps others from changing the SPTE meanwhile. */
function ageRmapSpte(m: Memory, vm: Vm, sptep: Word, spte: number, level: number, page: number): void {
  if (isAdEnabled(vm, spte)) {
    m.clearBits(sptep, vm.spte.accessed);
    return;
  }
  if (vm.rules.tracksDirtyFirst && isWritable(spte)) markHostPageDirty(m, vm, page);
  const next = markForAccessTrack(vm, spte);
  if (vm.rules.tracksAccessBy !== 'compare-exchange') mmuSpteUpdateNoTrack(m, vm, sptep, next, level, page);
  else if (!m.tryReplace(sptep, spte, next)) m.note(GhostEvent.ageGaveUp, page, spte);
}

function noteYoung(m: Memory, vm: Vm, event: number, level: number, page: number, spte: number): void {
  const pages = pagesOfLevel(vm, level);
  for (let i = 0; i < pages; i++) m.note(event, page + i, spte);
}
