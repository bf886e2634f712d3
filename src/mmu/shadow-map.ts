import type { Memory } from '../shared/memory.ts';
import { backingOf, isLargeLeaf, isShadowPresent } from '../shared/spte.ts';
import { RET_PF_SPURIOUS } from './fault-outcome.ts';
import { isMapWritable } from './gup.ts';
import { hostVersionOf } from './host-page-table.ts';
import { prefetchAround } from './prefetch.ts';
import { linkChild } from './shadow-pages.ts';
import { mmuSetSpte } from './shadow-set-spte.ts';
import { entryWord } from './tables.ts';
import type { Vm } from './vm.ts';

/**
 * __direct_map, and FNAME(fetch) where a guest's page table leads the way: links shadow pages and sets the leaf for
 * `gfn`. The caller holds `mmu_lock` for write.
 */
export function shadowMap(
  m: Memory,
  vm: Vm,
  vcpu: number,
  slot: number,
  root: number,
  gfn: number,
  target: number,
  entry: number,
  write: boolean,
  prefetch: boolean,
): number {
  let table = root;
  for (let level = vm.levels; level > target; level--) {
    const sptep = entryWord(vm, table, level, gfn);
    const spte = m.load(sptep);
    table =
      isShadowPresent(spte) && !isLargeLeaf(spte) ? backingOf(spte) : linkChild(m, vm, vcpu, table, level, sptep, gfn);
  }
  const sptep = entryWord(vm, table, target, gfn);
  const mapWritable = isMapWritable(vm, entry, write);
  const outcome = mmuSetSpte(m, vm, slot, table, sptep, target, gfn, hostVersionOf(entry), prefetch, mapWritable);
  if (outcome !== RET_PF_SPURIOUS && target === 1) prefetchAround(m, vm, table, sptep, gfn);
  return outcome;
}
