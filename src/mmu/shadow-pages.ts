import type { Memory, Word } from '../shared/memory.ts';
import { backingOf, isLeaf, isShadowPresent, makeNonleafSpte } from '../shared/spte.ts';
import { pteListAdd, pteListRemove, spteOfList } from './rmap.ts';
import { dropSpte } from './shadow-spte.ts';
import { hasAdBits } from './spte-state.ts';
import { takeCachedTable } from './table-cache.ts';
import { infoWord, initTable, retireTable } from './tables.ts';
import { flushRemoteTlbs, makeAllCpusRequest, REQUEST_FREE_OBSOLETE_ROOTS } from './vcpu-state.ts';
import {
  INFO_GFN,
  INFO_INVALID,
  INFO_LEVEL,
  INFO_NEXT,
  INFO_PARENTS,
  INFO_REFCOUNT,
  INFO_ROLE,
  L2,
  ROLE_DIRECT,
  ROLE_GUEST_MODE,
  ROLE_SMM,
  SMM,
  type Vm,
} from './vm.ts';

/** Page tables of the shadow MMU (struct kvm_mmu_page). The caller holds `mmu_lock` for write unless it says otherwise. */

/** kvm_memslots_have_rmaps: without the TDP MMU always, with it once there was a shadow root. Needs no lock. */
export function haveRmaps(m: Memory, vm: Vm): boolean {
  if (!vm.hasShadowMmu) return false;
  return !usesTdpMmu(vm) || m.load(vm.shadowRootAllocated) !== 0;
}

/** tdp_mmu_enabled: shadow paging has no TDP MMU either. */
export function usesTdpMmu(vm: Vm): boolean {
  return vm.machine.tdpMmu && vm.machine.npt;
}

/** The role of a vCPU's root in a guest mode. */
export function rootRole(vm: Vm, mode: number): number {
  if (mode === L2) return ROLE_GUEST_MODE;
  return (vm.machine.npt ? ROLE_DIRECT : 0) | (mode === SMM ? ROLE_SMM : 0);
}

/**
 * kvm_mmu_child_role. L1's own tables map 2M pages: below them, 4K shadow pages follow from where they are; L1's nested
 * page table for L2 has 4K entries.
 */
function childRole(parentRole: number, level: number): number {
  if ((parentRole & ROLE_GUEST_MODE) !== 0) return parentRole;
  return level === 1 ? parentRole | ROLE_DIRECT : parentRole;
}

/** kvm_mmu_get_shadow_page: the shadow page of that place and role, found or made. */
export function getShadowPage(m: Memory, vm: Vm, vcpu: number, gfn: number, level: number, role: number): number {
  const span = vm.entryBits * level;
  const base = span > 30 ? 0 : (gfn >>> span) << span;
  for (let sp = m.load(vm.activeMmuPages); sp !== 0; sp = m.load(infoWord(vm, sp, INFO_NEXT))) {
    if (m.load(infoWord(vm, sp, INFO_LEVEL)) !== level) continue;
    if (m.load(infoWord(vm, sp, INFO_ROLE)) === role && m.load(infoWord(vm, sp, INFO_GFN)) === base) return sp;
  }
  const sp = takeCachedTable(m, vm, vcpu);
  initTable(m, vm, sp, level, gfn, role);
  m.store(infoWord(vm, sp, INFO_REFCOUNT), 0);
  m.store(infoWord(vm, sp, INFO_INVALID), 0);
  m.store(infoWord(vm, sp, INFO_PARENTS), 0);
  m.store(infoWord(vm, sp, INFO_NEXT), m.load(vm.activeMmuPages));
  m.store(vm.activeMmuPages, sp);
  // account_shadowed: aging reads this count without a lock.
  if ((role & ROLE_DIRECT) === 0) m.add(vm.indirectShadowPages, 1);
  return sp;
}

/** kvm_mmu_get_child_sp and link_shadow_page: makes `sptep`, an entry of a table of `level`, point to the table below. */
export function linkChild(
  m: Memory,
  vm: Vm,
  vcpu: number,
  table: number,
  level: number,
  sptep: Word,
  gfn: number,
): number {
  const role = childRole(m.load(infoWord(vm, table, INFO_ROLE)), level - 1);
  const child = getShadowPage(m, vm, vcpu, gfn, level - 1, role);
  if (isShadowPresent(m.load(sptep))) {
    // drop_large_spte: TLBs may still have the 2M translation.
    dropSpte(m, vm, sptep);
    flushRemoteTlbs(m, vm);
  }
  m.store(sptep, makeNonleafSpte(vm.spte, child, hasAdBits(vm, (role & ROLE_GUEST_MODE) !== 0)));
  pteListAdd(m, vm, infoWord(vm, child, INFO_PARENTS), sptep);
  return child;
}

/** drop_parent_pte: `sptep` points to `child` no more. */
export function dropParentPte(m: Memory, vm: Vm, child: number, sptep: Word): void {
  pteListRemove(m, vm, infoWord(vm, child, INFO_PARENTS), sptep);
  m.store(sptep, vm.rules.nonpresentSpte);
}

/**
 * kvm_mmu_prepare_zap_page: empties a shadow page and takes it out of everything that leads to it. A page that a vCPU
 * still has for its root becomes invalid and is freed when the vCPU leaves it.
 *
 * @param list pages to be freed by `commitZapPages`, 0 = none
 * @returns the list with this page and those below that only it led to
 */
export function prepareZapPage(m: Memory, vm: Vm, sp: number, list: number): number {
  let freed = unlinkChildren(m, vm, sp, list);
  const parents = infoWord(vm, sp, INFO_PARENTS);
  for (let value = m.load(parents); value !== 0; value = m.load(parents)) {
    dropParentPte(m, vm, sp, spteOfList(m, vm, value, 0));
  }
  const wasValid = m.load(infoWord(vm, sp, INFO_INVALID)) === 0;
  if (wasValid) {
    if ((m.load(infoWord(vm, sp, INFO_ROLE)) & ROLE_DIRECT) === 0) m.add(vm.indirectShadowPages, -1);
    removeFromList(m, vm, sp);
  }
  m.store(infoWord(vm, sp, INFO_INVALID), 1);
  if (m.load(infoWord(vm, sp, INFO_REFCOUNT)) === 0) {
    m.store(infoWord(vm, sp, INFO_NEXT), freed);
    freed = sp;
  } else if (wasValid) {
    // After the root is marked, or a vCPU that looks at once would keep it.
    makeAllCpusRequest(m, vm, REQUEST_FREE_OBSOLETE_ROOTS, true);
  }
  return freed;
}

/** kvm_mmu_page_unlink_children. */
function unlinkChildren(m: Memory, vm: Vm, sp: number, list: number): number {
  let freed = list;
  const level = m.load(infoWord(vm, sp, INFO_LEVEL));
  const words = vm.tables + sp * vm.entries;
  for (let index = 0; index < vm.entries; index++) {
    const spte = m.load(words + index);
    if (!isShadowPresent(spte)) continue;
    if (isLeaf(spte, level)) {
      dropSpte(m, vm, words + index);
      continue;
    }
    const child = backingOf(spte);
    dropParentPte(m, vm, child, words + index);
    // Shadow pages of a nested page table that nothing leads to are unlikely to be used again.
    const nested = (m.load(infoWord(vm, child, INFO_ROLE)) & ROLE_GUEST_MODE) !== 0;
    if (nested && m.load(infoWord(vm, child, INFO_PARENTS)) === 0) freed = prepareZapPage(m, vm, child, freed);
  }
  return freed;
}

/** kvm_mmu_commit_zap_page: vCPUs that still walk the pages are made to leave before they are handed out again. */
export function commitZapPages(m: Memory, vm: Vm, list: number): void {
  if (list === 0) return;
  flushRemoteTlbs(m, vm);
  for (let sp = list; sp !== 0; ) {
    const next = m.load(infoWord(vm, sp, INFO_NEXT));
    retireTable(m, vm, sp);
    sp = next;
  }
}

/** kvm_zap_obsolete_pages, after all pages became obsolete at once. (The kernel may yield the lock; this does not.) */
export function zapActivePages(m: Memory, vm: Vm): void {
  let list = 0;
  for (let sp = m.load(vm.activeMmuPages); sp !== 0; sp = m.load(vm.activeMmuPages)) {
    list = prepareZapPage(m, vm, sp, list);
  }
  commitZapPages(m, vm, list);
}

function removeFromList(m: Memory, vm: Vm, sp: number): void {
  let link: Word = vm.activeMmuPages;
  for (let other = m.load(link); other !== sp; other = m.load(link)) link = infoWord(vm, other, INFO_NEXT);
  m.store(link, m.load(infoWord(vm, sp, INFO_NEXT)));
}
