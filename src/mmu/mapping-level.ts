import type { Memory } from '../shared/memory.ts';
import { HOST_HUGE } from './host-page-table.ts';
import { slotGfn, slotLogsDirty, slotPage, slotPages } from './memslots.ts';
import { maxLeafLevel } from './rmap-zap.ts';
import { pagesOfLevel } from './tables.ts';
import { L2, type Vm } from './vm.ts';

/**
 * kvm_mmu_hugepage_adjust: the level at which a fault maps a page whose host entry is `entry`. L1's nested page table has
 * 4K entries, so an L2 access is never mapped by more.
 */
export function goalLevel(m: Memory, vm: Vm, mode: number, slot: number, gfn: number, entry: number): number {
  if (mode === L2 || (entry & HOST_HUGE) === 0) return 1;
  if (vm.rules.loggingForbidsHugePages && slotLogsDirty(m, vm, slot)) return 1;
  return slotAllowsHugePage(m, vm, slot, gfn) ? maxLeafLevel(vm) : 1;
}

/** lpage_info: the 2M page lies in the slot, and guest and host address have the same offset in it. */
export function slotAllowsHugePage(m: Memory, vm: Vm, slot: number, gfn: number): boolean {
  if (!vm.rules.hugePagesNeedAlignment) return true;
  const pages = pagesOfLevel(vm, 2);
  const first = gfn & ~(pages - 1);
  const base = slotGfn(m, vm, slot);
  if (first < base || first + pages > base + slotPages(m, vm, slot)) return false;
  return ((base ^ slotPage(m, vm, slot)) & (pages - 1)) === 0;
}
