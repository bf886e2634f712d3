import { writeLock, writeUnlock } from '../locks/mmu-lock.ts';
import type { Memory } from '../shared/memory.ts';
import { commitZapPages, getShadowPage, prepareZapPage, rootRole } from './shadow-pages.ts';
import { topUpTableCache } from './table-cache.ts';
import { infoWord } from './tables.ts';
import { INFO_INVALID, INFO_REFCOUNT, L2, type Vm } from './vm.ts';

/** mmu_alloc_shadow_roots and mmu_alloc_direct_roots: a reference to the mode's root, 0 if the pool is empty. */
export function shadowAllocRoot(m: Memory, vm: Vm, vcpu: number, mode: number): number {
  // With one level of tables, too, the root takes one.
  if (!topUpTableCache(m, vm, vcpu, Math.max(1, vm.levels - 1))) return 0;
  // mmu_first_shadow_root_alloc: readers that see it set find all rmaps in place.
  if (mode === L2 || !vm.machine.npt) m.store(vm.shadowRootAllocated, 1);
  writeLock(m, vm.mmuLock, vcpu);
  const root = getShadowPage(m, vm, vcpu, 0, vm.levels, rootRole(vm, mode));
  m.add(infoWord(vm, root, INFO_REFCOUNT), 1);
  writeUnlock(m, vm.mmuLock);
  return root;
}

/** mmu_free_root_page: the last reference to an invalid root frees it. The caller holds `mmu_lock` for write. */
export function shadowPutRoot(m: Memory, vm: Vm, root: number): void {
  const last = m.fetchAdd(infoWord(vm, root, INFO_REFCOUNT), -1) === 1;
  if (last && m.load(infoWord(vm, root, INFO_INVALID)) !== 0) commitZapPages(m, vm, prepareZapPage(m, vm, root, 0));
}
