import type { Memory, Word } from '../shared/memory.ts';
import { isShadowPresent } from '../shared/spte.ts';
import { isHostWritable } from './gup.ts';
import { lookUpHostPage, markHostPageDirty } from './host-page-state.ts';
import { hostVersionOf } from './host-page-table.ts';
import {
  pageOfGfn,
  slotGfn,
  slotIsInvalid,
  slotLogsDirty,
  slotOfGfn,
  slotPages,
  tableAddressSpace,
} from './memslots.ts';
import { mmuSetSpte } from './shadow-set-spte.ts';
import { infoWord } from './tables.ts';
import { INFO_ROLE, ROLE_DIRECT, type Vm } from './vm.ts';

/** PTE_PREFETCH_NUM. */
const PREFETCH_ENTRIES = 8;

/**
 * direct_pte_prefetch and FNAME(pte_prefetch): maps, in advance, the absent neighbours of a 4K leaf in its aligned block
 * of 8, with Accessed clear. The caller holds `mmu_lock` for write.
 *
 * @param sptep the leaf of `gfn`, in `table`
 */
export function prefetchAround(m: Memory, vm: Vm, table: number, sptep: Word, gfn: number): void {
  if (!vm.rules.prefetches) return;
  // Pages of the block may be going away just now.
  if (m.load(vm.invalidateInProgress) !== 0) return;
  const block = Math.min(PREFETCH_ENTRIES, vm.entries);
  const index = (sptep - vm.tables) % vm.entries;
  const first = sptep - (index % block);
  const direct = (m.load(infoWord(vm, table, INFO_ROLE)) & ROLE_DIRECT) !== 0;
  if (direct) prefetchDirect(m, vm, table, sptep, first, block, gfn - (sptep - first));
  else prefetchIndirect(m, vm, table, sptep, first, block, gfn - (sptep - first));
}

/** __direct_pte_prefetch: run after run of absent entries. */
function prefetchDirect(
  m: Memory,
  vm: Vm,
  table: number,
  sptep: Word,
  first: Word,
  block: number,
  firstGfn: number,
): void {
  // Without Accessed bits a prefetched page could not be told from an accessed one.
  if (!vm.machine.adBits && vm.rules.prefetchNeedsAccessedBit) return;
  let run = -1;
  for (let i = 0; i <= block; i++) {
    const absent = i < block && first + i !== sptep && !isShadowPresent(m.load(first + i));
    if (absent) {
      if (run < 0) run = i;
    } else if (run >= 0) {
      if (!prefetchRun(m, vm, table, first + run, firstGfn + run, i - run)) return;
      run = -1;
    }
  }
}

/** direct_pte_prefetch_many: a run that leaves the slot, or begins with a page that cannot be had, ends it all. */
function prefetchRun(m: Memory, vm: Vm, table: number, sptep: Word, gfn: number, count: number): boolean {
  const slot = prefetchSlot(m, vm, table, gfn);
  if (slot < 0 || gfn + count > slotGfn(m, vm, slot) + slotPages(m, vm, slot)) return false;
  for (let i = 0; i < count; i++) {
    if (!prefetchPage(m, vm, slot, table, sptep + i, gfn + i)) return i > 0;
  }
  return true;
}

/** FNAME(pte_prefetch): page by page, up to the first that cannot be had. */
function prefetchIndirect(
  m: Memory,
  vm: Vm,
  table: number,
  sptep: Word,
  first: Word,
  block: number,
  firstGfn: number,
): void {
  for (let i = 0; i < block; i++) {
    if (first + i === sptep || isShadowPresent(m.load(first + i))) continue;
    const slot = prefetchSlot(m, vm, table, firstGfn + i);
    if (slot < 0 || !prefetchPage(m, vm, slot, table, first + i, firstGfn + i)) return;
  }
}

/** gfn_to_memslot_dirty_bitmap: the slot, unless its dirt is logged: a page is logged when it is mapped writable. */
function prefetchSlot(m: Memory, vm: Vm, table: number, gfn: number): number {
  const slot = slotOfGfn(m, vm, gfn, tableAddressSpace(m, vm, table));
  if (slot < 0 || slotIsInvalid(m, vm, slot)) return -1;
  return vm.rules.prefetchSparesLoggedSlots && slotLogsDirty(m, vm, slot) ? -1 : slot;
}

/** get_user_pages_fast_only with FOLL_WRITE: only what the host has there already, and writable. */
function prefetchPage(m: Memory, vm: Vm, slot: number, table: number, sptep: Word, gfn: number): boolean {
  const page = pageOfGfn(m, vm, slot, gfn);
  const entry = lookUpHostPage(m, vm, page);
  if (!isHostWritable(entry)) return !vm.rules.prefetchNeedsWritableHostPage;
  mmuSetSpte(m, vm, slot, table, sptep, 1, gfn, hostVersionOf(entry), true, true);
  // kvm_release_page_dirty: it may be written from now on.
  if (vm.rules.marksHostPageDirty === 'when-created') markHostPageDirty(m, vm, page);
  return true;
}
