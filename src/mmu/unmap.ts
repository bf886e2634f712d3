import type { Memory } from '../shared/memory.ts';
import type { GfnRange } from './gfn-range.ts';
import { zapRmapRange } from './rmap-zap.ts';
import { haveRmaps, usesTdpMmu } from './shadow-pages.ts';
import type { Vm } from './vm.ts';
import { tdpMmuZapLeafs } from './zap.ts';

/**
 * kvm_unmap_gfn_range: zaps whatever maps part of a range, in both MMUs. The caller holds `mmu_lock` for write and
 * flushes.
 *
 * @returns whether anything was zapped
 */
export function unmapGfnRange(m: Memory, vm: Vm, thread: number, range: GfnRange): boolean {
  let zapped = false;
  if (vm.rules.zapsRmaps && haveRmaps(m, vm)) zapped = zapRmapRange(m, vm, range);
  if (usesTdpMmu(vm) && tdpMmuZapLeafs(m, vm, thread, range)) zapped = true;
  return zapped;
}
