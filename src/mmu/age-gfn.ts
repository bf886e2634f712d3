import type { Memory } from '../shared/memory.ts';
import type { GfnRange } from './gfn-range.ts';
import { rmapAgeGfnRange } from './rmap-age.ts';
import { haveRmaps, usesTdpMmu } from './shadow-pages.ts';
import { TEST, tdpMmuAgeGfnRange } from './tdp-age.ts';
import type { Vm } from './vm.ts';

/**
 * kvm_age_gfn and kvm_test_age_gfn: ages a range in both MMUs. The order and what tells of shadow pages
 * follow the rules. A clear does both MMUs whatever the first one said, or the other's SPTEs would look accessed for
 * ever; a test without a bitmap has its answer with the first young SPTE.
 */
export function ageGfnRange(m: Memory, vm: Vm, thread: number, range: GfnRange, action: number): boolean {
  const rmapsFirst = vm.hasShadowMmu && vm.rules.agingOrder === 'rmaps-first';
  let young = false;
  if (rmapsFirst && mayHaveShadowSptes(m, vm)) {
    young = rmapAgeGfnRange(m, vm, range, action);
    if (young && !vm.rules.clearsBothMmus) return true;
  }
  if (usesTdpMmu(vm)) {
    if (tdpMmuAgeGfnRange(m, vm, thread, range, action)) young = true;
    if (young && !rmapsFirst && ((action === TEST && range.bitmap === 0) || !vm.rules.clearsBothMmus)) return true;
  }
  if (!rmapsFirst && mayHaveShadowSptes(m, vm)) {
    if (rmapAgeGfnRange(m, vm, range, action)) young = true;
  }
  return young;
}

/**
 * kvm_memslots_have_rmaps, true for ever once a shadow root was allocated; since 6.15 kvm_may_have_shadow_mmu_sptes, a look
 * at the count of indirect shadow pages.
 */
function mayHaveShadowSptes(m: Memory, vm: Vm): boolean {
  if (!vm.hasShadowMmu || !usesTdpMmu(vm)) return vm.hasShadowMmu;
  if (vm.rules.looksAtShadowPages === 'once-allocated') return haveRmaps(m, vm);
  return m.load(vm.indirectShadowPages) !== 0;
}
