import { rcuReadLock, rcuReadUnlock } from '../locks/rcu.ts';
import { setBitmapBit, testBitmapBit } from '../shared/bitmap.ts';
import { GhostEvent, LockKind } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { backingOf, isLargeLeaf, isShadowPresent, MMU_PRESENT } from '../shared/spte.ts';
import { type AgingRange, recordYoung, shouldAge } from './gfn-range.ts';
import { markHostPageDirty } from './host-page-state.ts';
import { handDirtOn } from './leaf-changed.ts';
import { slotAddressSpace, tableAddressSpace } from './memslots.ts';
import { isRootInvalid, nextRoot } from './roots.ts';
import {
  isAccessed,
  isAdEnabled,
  isDirty,
  isWritable,
  markForAccessTrack,
  mustUpdateAtomically,
} from './spte-state.ts';
import { endOfEntry, entryWord, pagesOfLevel } from './tables.ts';
import { tdpMmuWriteSpte } from './tdp-write.ts';
import type { Vm } from './vm.ts';

/** What an aging walk does to young leaves. */
export const TEST = 0;
export const CLEAR = 1;

/**
 * kvm_tdp_mmu_age_gfn_range and kvm_tdp_mmu_test_age_gfn: tests or clears Accessed in every leaf that maps part of
 * a range, in all roots of the slot's address space, without any lock but RCU.
 *
 * @param action TEST or CLEAR
 * @returns whether a leaf was young and, for CLEAR, selected
 */
export function tdpMmuAgeGfnRange(m: Memory, vm: Vm, thread: number, range: AgingRange, action: number): boolean {
  const addressSpace = slotAddressSpace(m, vm, range.slot);
  if (vm.rules.rcuSpans === 'one-root') return ageRootsOneByOne(m, vm, thread, range, action, addressSpace);
  // One section over all roots: the link to the next root is inside the root that the walk stands on.
  let young = false;
  rcuReadLock(m, vm.rcu, thread);
  needRootList(m, vm);
  for (let root = m.load(vm.firstRoot); root !== 0; root = nextRoot(m, vm, root)) {
    if (!isAgedRoot(m, vm, root, addressSpace)) continue;
    m.note(GhostEvent.tableEntered, -1, vm.tablesBefore + root);
    if (ageTable(m, vm, range, action, root, vm.levels, range.start, range.end)) {
      young = true;
      // A test has its answer; a clear must do every root, or Accessed stays set in the others.
      if (action === TEST && range.bitmap === 0) break;
    }
  }
  rcuReadUnlock(m, vm.rcu, thread);
  return young;
}

/**
 * kvm_tdp_mmu_handle_gfn: a section for each root. Under `mmu_lock` the list stays as it is; without it nothing keeps the
 * root that the walk stands on between two sections, nor the link in it.
 */
function ageRootsOneByOne(
  m: Memory,
  vm: Vm,
  thread: number,
  range: AgingRange,
  action: number,
  addressSpace: number,
): boolean {
  let young = false;
  needRootList(m, vm);
  let root = m.load(vm.firstRoot);
  while (root !== 0) {
    if (isAgedRoot(m, vm, root, addressSpace)) {
      rcuReadLock(m, vm.rcu, thread);
      m.note(GhostEvent.tableEntered, -1, vm.tablesBefore + root);
      const found = ageTable(m, vm, range, action, root, vm.levels, range.start, range.end);
      rcuReadUnlock(m, vm.rcu, thread);
      // Nobody stops here: the handlers' answers are ORed.
      if (found) young = true;
    }
    const next = nextRoot(m, vm, root);
    m.note(GhostEvent.tableEntered, -1, vm.tablesBefore + root);
    root = next;
  }
  return young;
}

/** kvm_lockdep_assert_mmu_lock_held, of the iterators over `tdp_mmu_roots`. */
function needRootList(m: Memory, vm: Vm): void {
  const mmuLock = LockKind.mmuLockRead | LockKind.mmuLockWrite;
  m.note(GhostEvent.lockNeeded, -1, vm.rules.rootsGuardedBy === 'rcu' ? mmuLock | LockKind.rcu : mmuLock);
}

function isAgedRoot(m: Memory, vm: Vm, root: number, addressSpace: number): boolean {
  if (!vm.rules.agesInvalidRoots && isRootInvalid(m, vm, root)) return false;
  return tableAddressSpace(m, vm, root) === addressSpace;
}

function ageTable(
  m: Memory,
  vm: Vm,
  range: AgingRange,
  action: number,
  table: number,
  level: number,
  gfnStart: number,
  gfnEnd: number,
): boolean {
  if (level === 1) {
    return action === TEST
      ? testLeaves(m, vm, range, table, gfnStart, gfnEnd)
      : clearLeaves(m, vm, range, table, gfnStart, gfnEnd);
  }
  let young = false;
  let gfn = gfnStart;
  while (gfn < gfnEnd) {
    const end = Math.min(gfnEnd, endOfEntry(vm, level, gfn));
    const word = entryWord(vm, table, level, gfn);
    const spte = m.load(word);
    if (isShadowPresent(spte)) {
      let found = false;
      if (isLargeLeaf(spte)) {
        found = ageLargeLeaf(m, vm, range, action, word, spte, level, gfn, end);
      } else {
        const child = backingOf(spte);
        m.note(GhostEvent.tableEntered, -1, vm.tablesBefore + child);
        found = ageTable(m, vm, range, action, child, level - 1, gfn, end);
      }
      if (found) {
        young = true;
        if (action === TEST && range.bitmap === 0) return true;
      }
    }
    gfn = end;
  }
  return young;
}

/** A 2M leaf: young or old as a whole, be it only touched by the range. */
function ageLargeLeaf(
  m: Memory,
  vm: Vm,
  range: AgingRange,
  action: number,
  word: Word,
  spte: number,
  level: number,
  gfnStart: number,
  gfnEnd: number,
): boolean {
  const { pageOffset } = range;
  if (!isAccessed(vm, spte)) return false;
  const pages = pagesOfLevel(vm, level);
  const firstPage = (gfnStart & ~(pages - 1)) + pageOffset;
  if (gfnStart + pageOffset !== firstPage && !vm.rules.agesTouchedHugeLeaf) return false;
  const leafGfn = firstPage - pageOffset;
  if (action === TEST) {
    for (let i = 0; i < pages; i++) m.note(GhostEvent.testedYoung, firstPage + i, spte);
    if (!vm.rules.testKeepsAccessed) m.clearBits(word, vm.spte.accessed);
    recordYoung(m, vm, range, leafGfn, gfnStart, gfnEnd);
    return true;
  }
  if (!shouldAge(m, vm, range, leafGfn, gfnStart, gfnEnd)) return vm.rules.unselectedCountsAsYoung;
  ageSpte(m, vm, word, spte, firstPage);
  for (let i = 0; i < pages; i++) m.note(GhostEvent.clearedYoung, firstPage + i, spte);
  return true;
}

/** kvm_test_age_gfn at a leaf, with kvm_gfn_record_young. */
function testLeaves(m: Memory, vm: Vm, range: AgingRange, table: number, gfnStart: number, gfnEnd: number): boolean {
  const { pageOffset, bitmap, lastPage, hasMetadata } = range;
  const base = entryWord(vm, table, 1, gfnStart) - gfnStart;
  const hasBit = vm.machine.adBits;
  const youngBits = MMU_PRESENT | vm.spte.accessed;
  let young = false;
  for (let gfn = gfnStart; gfn < gfnEnd; gfn++) {
    const spte = m.peek(base + gfn);
    if (hasBit ? (spte & youngBits) !== youngBits : !isShadowPresent(spte) || !isAccessed(vm, spte)) continue;
    m.note(GhostEvent.testedYoung, gfn + pageOffset, spte);
    if (!vm.rules.testKeepsAccessed) m.clearBits(base + gfn, vm.spte.accessed);
    if (!hasMetadata) recordYoung(m, vm, range, gfn, gfn, gfn + 1);
    if (bitmap === 0) return true;
    setBitmapBit(m, bitmap, lastPage - (gfn + pageOffset));
    young = true;
  }
  return young;
}

/** kvm_tdp_mmu_age_spte at a leaf, with kvm_gfn_should_age. Young but not selected is not reported. */
function clearLeaves(m: Memory, vm: Vm, range: AgingRange, table: number, gfnStart: number, gfnEnd: number): boolean {
  const { pageOffset, bitmap, lastPage, hasMetadata } = range;
  const base = entryWord(vm, table, 1, gfnStart) - gfnStart;
  const hasBit = vm.machine.adBits;
  const accessed = vm.spte.accessed;
  const youngBits = MMU_PRESENT | accessed;
  let young = false;
  for (let gfn = gfnStart; gfn < gfnEnd; gfn++) {
    const spte = m.peek(base + gfn);
    if (hasBit ? (spte & youngBits) !== youngBits : !isShadowPresent(spte) || !isAccessed(vm, spte)) {
      if (!vm.rules.clearsOnlyYoung && isShadowPresent(spte)) m.clearBits(base + gfn, accessed);
      continue;
    }
    if (!hasMetadata) shouldAge(m, vm, range, gfn, gfn, gfn + 1);
    if (bitmap !== 0 && vm.rules.clearsOnlySelected && !testBitmapBit(m, bitmap, lastPage - (gfn + pageOffset))) {
      young ||= vm.rules.unselectedCountsAsYoung;
      continue;
    }
    young = true;
    ageSpte(m, vm, base + gfn, spte, gfn + pageOffset);
    m.note(GhostEvent.clearedYoung, gfn + pageOffset, spte);
  }
  return young;
}

/** kvm_tdp_mmu_age_spte, of a leaf that was found young. */
function ageSpte(m: Memory, vm: Vm, word: Word, spte: number, page: number): void {
  if (!isAdEnabled(vm, spte)) {
    trackSpte(m, vm, word, spte, page);
    return;
  }
  const { clearsAccessedBy } = vm.rules;
  const accessed = vm.spte.accessed;
  // An atomic AND of one bit: a store of the value that was read could bring back an entry zapped in between, or take
  // away a bit that the hardware set in between. Older kernels hold mmu_lock for write and need it only where the
  // hardware or a fast page fault may change a bit that matters.
  if (clearsAccessedBy === 'atomic-and') {
    m.clearBits(word, accessed);
    return;
  }
  if (clearsAccessedBy !== 'load-and-store' && mustUpdateAtomically(vm, spte)) {
    if (clearsAccessedBy === 'fetch-and-or-store') m.clearBits(word, accessed);
    else writeAtomically(m, vm, word, spte & ~accessed, page);
    return;
  }
  m.store(word, spte & ~accessed);
  m.note(GhostEvent.spteStored, page, spte & ~accessed);
}

/** kvm_tdp_mmu_write_spte_atomic: a Dirty bit that the hardware set since the leaf was read goes to the host page. */
function writeAtomically(m: Memory, vm: Vm, word: Word, next: number, page: number): void {
  const old = m.exchange(word, next);
  if (!isDirty(vm, next)) handDirtOn(m, vm, page, old);
}

/** The same without A/D bits: the leaf is marked for access tracking, and the next access faults. */
function trackSpte(m: Memory, vm: Vm, word: Word, spte: number, page: number): void {
  // W goes with R and X, and what could be written counts as written: nobody would know later.
  if (vm.rules.tracksDirtyFirst && isWritable(spte)) markHostPageDirty(m, vm, page);
  const next = markForAccessTrack(vm, spte);
  // A compare-exchange that fails leaves the leaf young, as it most likely is; the call counts it as young either way.
  if (vm.rules.tracksAccessBy === 'compare-exchange') {
    if (!m.tryReplace(word, spte, next)) m.note(GhostEvent.ageGaveUp, page, spte);
    return;
  }
  const old = tdpMmuWriteSpte(m, vm, word, spte, next);
  if (vm.rules.trackingHandsDirtOn) handDirtOn(m, vm, page, old);
}
