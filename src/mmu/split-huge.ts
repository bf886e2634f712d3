import { rcuReadLock, rcuReadUnlock } from '../locks/rcu.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { backingOf, isLargeLeaf, isShadowPresent, makeNonleafSpte, PAGE_SIZE_BIT } from '../shared/spte.ts';
import { pageOfGfn, slotAddressSpace, tableAddressSpace } from './memslots.ts';
import { isRootInvalid, nextRoot } from './roots.ts';
import { markForAccessTrack } from './spte-state.ts';
import { allocTable, endOfEntry, entryWord, freeTable, infoWord, initTable, pagesOfLevel } from './tables.ts';
import { INFO_ROLE, type Vm } from './vm.ts';

/**
 * tdp_mmu_split_huge_page: puts `child`, whose leaves translate as the 2M leaf `spte` did, in its place. Nobody needs a
 * flush: the translations are the same. False if the entry has changed; `child` is empty again then.
 *
 * @param page the first host page that the leaf maps, for observers
 */
export function splitHugePage(
  m: Memory,
  vm: Vm,
  word: Word,
  spte: number,
  level: number,
  child: number,
  page: number,
): boolean {
  const entries = vm.tables + child * vm.entries;
  // make_huge_page_split_spte: all parts inherit Accessed and Dirty.
  const part = level === 2 ? spte & ~PAGE_SIZE_BIT : spte;
  m.fill(entries, vm.entries, vm.rules.splitInheritsAccessed ? part : markForAccessTrack(vm, part));
  if (m.tryReplace(word, spte, makeNonleafSpte(vm.spte, child, vm.machine.adBits))) {
    m.note(GhostEvent.leafSplit, page, spte);
    return true;
  }
  m.fill(entries, vm.entries, vm.rules.nonpresentSpte);
  return false;
}

/**
 * kvm_mmu_try_split_huge_pages, of [gfnStart, gfnEnd): the TDP MMU splits eagerly, before dirty logging needs 4K leaves. The
 * kernel's shadow MMU does so, too, for nested guests since 5.19; in this model it does not. A pool that runs empty leaves
 * the rest as it is, as a failed allocation does in the kernel. The caller holds `mmu_lock`.
 */
export function trySplitHugePages(
  m: Memory,
  vm: Vm,
  thread: number,
  slot: number,
  gfnStart: number,
  gfnEnd: number,
): void {
  if (!vm.rules.loggingSplits) return;
  const addressSpace = slotAddressSpace(m, vm, slot);
  rcuReadLock(m, vm.rcu, thread);
  for (let root = m.load(vm.firstRoot); root !== 0; root = nextRoot(m, vm, root)) {
    if (isRootInvalid(m, vm, root) || tableAddressSpace(m, vm, root) !== addressSpace) continue;
    splitBelow(m, vm, thread, slot, root, vm.levels, gfnStart, gfnEnd);
  }
  rcuReadUnlock(m, vm.rcu, thread);
}

/** tdp_mmu_split_huge_pages_root. */
function splitBelow(
  m: Memory,
  vm: Vm,
  thread: number,
  slot: number,
  table: number,
  level: number,
  gfnStart: number,
  gfnEnd: number,
): void {
  let gfn = gfnStart;
  while (gfn < gfnEnd) {
    const end = Math.min(gfnEnd, endOfEntry(vm, level, gfn));
    const word = entryWord(vm, table, level, gfn);
    let spte = m.load(word);
    let child = 0;
    while (isShadowPresent(spte) && isLargeLeaf(spte)) {
      if (child === 0) child = allocTable(m, vm, thread);
      if (child === 0) return;
      initTable(m, vm, child, level - 1, gfn, m.load(infoWord(vm, table, INFO_ROLE)));
      const page = pageOfGfn(m, vm, slot, gfn & ~(pagesOfLevel(vm, level) - 1));
      if (splitHugePage(m, vm, word, spte, level, child, page)) child = 0;
      spte = m.load(word);
    }
    // The leaf went before it could be split.
    if (child !== 0) freeTable(m, vm, child);
    if (isShadowPresent(spte) && level > 2) splitBelow(m, vm, thread, slot, backingOf(spte), level - 1, gfn, end);
    gfn = end;
  }
}
