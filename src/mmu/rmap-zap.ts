import type { Memory, Word } from '../shared/memory.ts';
import type { GfnRange } from './gfn-range.ts';
import { destroyLockedList, lockList, rmapHead, spteOfList } from './rmap.ts';
import { mmuSpteClearTrackBits } from './shadow-spte.ts';
import { pagesOfLevel } from './tables.ts';
import type { Vm } from './vm.ts';

/** Highest level that can map a page. */
export function maxLeafLevel(vm: Vm): number {
  return vm.machine.hugePages && vm.levels > 1 ? 2 : 1;
}

/**
 * kvm_zap_rmap over for_each_slot_rmap_range: zaps every shadow MMU SPTE that maps part of a range, 2M leaves
 * that the range only touches included.
 */
export function zapRmapRange(m: Memory, vm: Vm, range: GfnRange): boolean {
  const { slot, start, end, pageOffset } = range;
  let zapped = false;
  for (let level = 1; level <= maxLeafLevel(vm); level++) {
    const step = pagesOfLevel(vm, level);
    for (let gfn = start & ~(step - 1); gfn < end; gfn += step) {
      const head = rmapHead(m, vm, slot, level, Math.max(gfn, start));
      if (zapAllRmapSptes(m, vm, head, level, gfn + pageOffset)) zapped = true;
    }
  }
  return zapped;
}

/** kvm_zap_all_rmap_sptes: the list stays locked for the whole of it, so that a lockless reader sees all or nothing. */
function zapAllRmapSptes(m: Memory, vm: Vm, head: Word, level: number, page: number): boolean {
  const value = lockList(m, vm, head);
  if (value === 0) return false;
  for (let i = 0, sptep = spteOfList(m, vm, value, 0); sptep !== 0; sptep = spteOfList(m, vm, value, ++i)) {
    mmuSpteClearTrackBits(m, vm, sptep, level, page);
  }
  destroyLockedList(m, vm, head, value);
  return true;
}
