import type { Memory } from '../shared/memory.ts';
import { zapRmapRange } from './rmap-zap.ts';
import { haveRmaps, usesTdpMmu } from './shadow-pages.ts';
import type { Vm } from './vm.ts';
import { tdpMmuZapLeafs } from './zap.ts';

/**
 * kvm_unmap_gfn_range: zaps whatever maps [gfnStart, gfnEnd) of a slot, in both MMUs. The caller holds `mmu_lock` for
 * write and flushes.
 *
 * @param pageOffset host page minus gfn in this slot
 * @returns whether anything was zapped
 */
export function unmapGfnRange(
  m: Memory,
  vm: Vm,
  thread: number,
  slot: number,
  gfnStart: number,
  gfnEnd: number,
  pageOffset: number,
): boolean {
  let zapped = false;
  if (vm.rules.zapsRmaps && haveRmaps(m, vm)) zapped = zapRmapRange(m, vm, slot, gfnStart, gfnEnd, pageOffset);
  if (usesTdpMmu(vm) && tdpMmuZapLeafs(m, vm, thread, slot, gfnStart, gfnEnd, pageOffset)) zapped = true;
  return zapped;
}
