import { rcuReadLock, rcuReadUnlock } from '../locks/rcu.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { backingOf, isLeaf, isShadowPresent } from '../shared/spte.ts';
import type { GfnRange } from './gfn-range.ts';
import { leafChanged } from './leaf-changed.ts';
import { slotAddressSpace, tableAddressSpace } from './memslots.ts';
import { nextRoot } from './roots.ts';
import { endOfEntry, entryWord, pagesOfLevel } from './tables.ts';
import { tdpMmuWriteSpte } from './tdp-write.ts';
import type { Vm } from './vm.ts';

/**
 * tdp_mmu_zap_leafs, for kvm_tdp_mmu_unmap_gfn_range: makes every leaf that maps part of a range nonpresent, in
 * all roots. Invalid roots as well: a vCPU may not have left them, and their entries reach the pages that the host takes
 * back. The caller holds `mmu_lock` for write and flushes before it lets go of it. (The kernel may yield the lock on
 * long ranges; this does not.)
 *
 * @returns whether anything was zapped
 */
export function tdpMmuZapLeafs(m: Memory, vm: Vm, thread: number, range: GfnRange): boolean {
  let zapped = false;
  const addressSpace = slotAddressSpace(m, vm, range.slot);
  rcuReadLock(m, vm.rcu, thread);
  for (let root = m.load(vm.firstRoot); root !== 0; root = nextRoot(m, vm, root)) {
    if (tableAddressSpace(m, vm, root) !== addressSpace) continue;
    if (zapTable(m, vm, root, vm.levels, range.start, range.end, range.pageOffset)) zapped = true;
  }
  rcuReadUnlock(m, vm.rcu, thread);
  return zapped;
}

function zapTable(
  m: Memory,
  vm: Vm,
  table: number,
  level: number,
  gfnStart: number,
  gfnEnd: number,
  pageOffset: number,
): boolean {
  let zapped = false;
  let gfn = gfnStart;
  while (gfn < gfnEnd) {
    const end = Math.min(gfnEnd, endOfEntry(vm, level, gfn));
    const word = entryWord(vm, table, level, gfn);
    const spte = m.load(word);
    if (isShadowPresent(spte)) {
      if (isLeaf(spte, level)) {
        const first = gfn & ~(pagesOfLevel(vm, level) - 1);
        zapLeaf(m, vm, word, spte, level, first + pageOffset);
        zapped = true;
      } else if (zapTable(m, vm, backingOf(spte), level - 1, gfn, end, pageOffset)) {
        zapped = true;
      }
    }
    gfn = end;
  }
  return zapped;
}

/** @param page the first host page that the leaf maps */
function zapLeaf(m: Memory, vm: Vm, word: Word, spte: number, level: number, page: number): void {
  noteZapBegin(m, vm, level, page);
  const old = tdpMmuWriteSpte(m, vm, word, spte, vm.rules.nonpresentSpte);
  noteZapEnd(m, vm, level, page, old);
  leafChanged(m, vm, page, old, vm.rules.nonpresentSpte);
}

/** The next step zaps a leaf of `level` whose first host page is `page`. */
export function noteZapBegin(m: Memory, vm: Vm, level: number, page: number): void {
  const pages = pagesOfLevel(vm, level);
  for (let i = 0; i < pages; i++) m.note(GhostEvent.zapBegin, page + i, 0);
}

/** The last step zapped it; it was `spte`. */
export function noteZapEnd(m: Memory, vm: Vm, level: number, page: number, spte: number): void {
  const pages = pagesOfLevel(vm, level);
  for (let i = 0; i < pages; i++) m.note(GhostEvent.zapEnd, page + i, spte);
}
