import { rcuReadLock, rcuReadUnlock } from '../locks/rcu.ts';
import { setBitmapBit, testBitmapBit } from '../shared/bitmap.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { backingOf, isShadowPresent, MMU_PRESENT } from '../shared/spte.ts';
import { isRootInvalid, nextRoot } from './roots.ts';
import { endOfEntry, entryWord } from './tables.ts';
import type { Vm } from './vm.ts';

/** What an aging walk does to young leaves. */
export const TEST = 0;
export const CLEAR = 1;

/**
 * kvm_tdp_mmu_age_gfn_range and kvm_tdp_mmu_test_age_gfn: tests or clears Accessed in every leaf of [gfnStart, gfnEnd),
 * in all roots, without any lock but RCU.
 *
 * @param pageOffset host page minus gfn in this slot
 * @param bitmap 0, or the bitmap to fill (TEST) or to select by (CLEAR)
 * @param lastPage the page of the bitmap's bit 0
 * @returns whether a leaf was young and, for CLEAR, selected
 */
export function tdpMmuAgeGfnRange(
  m: Memory,
  vm: Vm,
  thread: number,
  action: number,
  gfnStart: number,
  gfnEnd: number,
  pageOffset: number,
  bitmap: Word,
  lastPage: number,
): boolean {
  let young = false;
  // One section over all roots: the link to the next root is inside the root that the walk stands on.
  rcuReadLock(m, vm.rcu, thread);
  for (let root = m.load(vm.firstRoot); root !== 0; root = nextRoot(m, vm, root)) {
    if (!vm.rules.agesInvalidRoots && isRootInvalid(m, vm, root)) continue;
    m.note(GhostEvent.tableEntered, -1, root);
    if (ageTable(m, vm, root, vm.levels, action, gfnStart, gfnEnd, pageOffset, bitmap, lastPage)) {
      young = true;
      // A test has its answer; a clear must do every root, or Accessed stays set in the others.
      if (action === TEST && bitmap === 0) break;
    }
  }
  rcuReadUnlock(m, vm.rcu, thread);
  return young;
}

function ageTable(
  m: Memory,
  vm: Vm,
  table: number,
  level: number,
  action: number,
  gfnStart: number,
  gfnEnd: number,
  pageOffset: number,
  bitmap: Word,
  lastPage: number,
): boolean {
  if (level === 1) {
    return action === TEST
      ? testLeaves(m, vm, table, gfnStart, gfnEnd, pageOffset, bitmap, lastPage)
      : clearLeaves(m, vm, table, gfnStart, gfnEnd, pageOffset, bitmap, lastPage);
  }
  let young = false;
  let gfn = gfnStart;
  while (gfn < gfnEnd) {
    const end = Math.min(gfnEnd, endOfEntry(vm, level, gfn));
    const spte = m.load(entryWord(vm, table, level, gfn));
    if (isShadowPresent(spte)) {
      const child = backingOf(spte);
      m.note(GhostEvent.tableEntered, -1, child);
      if (ageTable(m, vm, child, level - 1, action, gfn, end, pageOffset, bitmap, lastPage)) {
        young = true;
        if (action === TEST && bitmap === 0) return true;
      }
    }
    gfn = end;
  }
  return young;
}

/** kvm_test_age_gfn at a leaf, with kvm_gfn_record_young. */
function testLeaves(
  m: Memory,
  vm: Vm,
  table: number,
  gfnStart: number,
  gfnEnd: number,
  pageOffset: number,
  bitmap: Word,
  lastPage: number,
): boolean {
  const base = entryWord(vm, table, 1, gfnStart) - gfnStart;
  const youngBits = MMU_PRESENT | vm.spte.accessed;
  let young = false;
  for (let gfn = gfnStart; gfn < gfnEnd; gfn++) {
    const spte = m.peek(base + gfn);
    if ((spte & youngBits) !== youngBits) continue;
    m.note(GhostEvent.testedYoung, gfn + pageOffset, spte);
    if (bitmap === 0) return true;
    setBitmapBit(m, bitmap, lastPage - (gfn + pageOffset));
    young = true;
  }
  return young;
}

/** kvm_tdp_mmu_age_spte at a leaf, with kvm_gfn_should_age. Young but not selected is not reported. */
function clearLeaves(
  m: Memory,
  vm: Vm,
  table: number,
  gfnStart: number,
  gfnEnd: number,
  pageOffset: number,
  bitmap: Word,
  lastPage: number,
): boolean {
  const base = entryWord(vm, table, 1, gfnStart) - gfnStart;
  const accessed = vm.spte.accessed;
  const youngBits = MMU_PRESENT | accessed;
  let young = false;
  for (let gfn = gfnStart; gfn < gfnEnd; gfn++) {
    const spte = m.peek(base + gfn);
    if ((spte & youngBits) !== youngBits) {
      if (!vm.rules.clearsOnlyYoung && isShadowPresent(spte)) m.clearBits(base + gfn, accessed);
      continue;
    }
    if (bitmap !== 0 && vm.rules.clearsOnlySelected && !testBitmapBit(m, bitmap, lastPage - (gfn + pageOffset))) {
      continue;
    }
    young = true;
    // An atomic AND of one bit: a store of the value that was read could bring back an entry zapped in between, or
    // take away a bit that the hardware set in between.
    if (vm.rules.clearsAccessedBy === 'atomic-and') m.clearBits(base + gfn, accessed);
    else m.store(base + gfn, spte & ~accessed);
    m.note(GhostEvent.clearedYoung, gfn + pageOffset, spte);
  }
  return young;
}
