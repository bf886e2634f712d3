import { writeLock, writeUnlock } from '../locks/mmu-lock.ts';
import type { Memory } from '../shared/memory.ts';
import type { AgingRange } from './gfn-range.ts';
import { rmapAgeGfnRange } from './rmap-age.ts';
import { haveRmaps, usesTdpMmu } from './shadow-pages.ts';
import { TEST, tdpMmuAgeGfnRange } from './tdp-age.ts';
import type { Vm } from './vm.ts';

/** What aging a range has come to, as bits. */
export const AGED_YOUNG = 1 << 0;
/** The fast pass does not do what it met (kvm_age_set_unreliable). */
export const AGED_UNRELIABLY = 1 << 1;

/**
 * kvm_age_gfn and kvm_test_age_gfn: ages a range in both MMUs. The order and what tells of shadow pages
 * follow the rules. A clear does both MMUs whatever the first one said, or the other's SPTEs would look accessed for
 * ever; a test without a bitmap has its answer with the first young SPTE.
 *
 * @returns `AGED_YOUNG`, `AGED_UNRELIABLY`
 */
export function ageGfnRange(m: Memory, vm: Vm, thread: number, range: AgingRange, action: number): number {
  const rmapsFirst = vm.hasShadowMmu && vm.rules.agingOrder === 'rmaps-first';
  let result = 0;
  if (rmapsFirst && mayHaveShadowSptes(m, vm)) {
    result = ageRmaps(m, vm, thread, range, action);
    if ((result & AGED_UNRELIABLY) !== 0) return result;
    if (result !== 0 && !vm.rules.clearsBothMmus) return result;
  }
  if (usesTdpMmu(vm)) {
    if (tdpMmuAgeGfnRange(m, vm, thread, range, action)) result |= AGED_YOUNG;
    const isAnswered = (action === TEST && range.bitmap === 0) || !vm.rules.clearsBothMmus;
    if (result !== 0 && !rmapsFirst && isAnswered) return result;
  }
  if (!rmapsFirst && mayHaveShadowSptes(m, vm)) result |= ageRmaps(m, vm, thread, range, action);
  return result;
}

/** The rmaps' part, as the pass may do it. */
function ageRmaps(m: Memory, vm: Vm, thread: number, range: AgingRange, action: number): number {
  const { fastPass, fastPassAtRmaps } = vm.rules;
  if (fastPass === 'none' || !range.lockless) return rmapAgeGfnRange(m, vm, range, action) ? AGED_YOUNG : 0;
  if (fastPassAtRmaps === 'give-up' || fastPassAtRmaps === 'give-up-behind-tdp') return AGED_UNRELIABLY;
  if (range.bitmap !== 0) return 0;
  if (fastPassAtRmaps === 'walk-without-bitmap') return rmapAgeGfnRange(m, vm, range, action) ? AGED_YOUNG : 0;
  writeLock(m, vm.mmuLock, thread);
  const young = rmapAgeGfnRange(m, vm, range, action);
  writeUnlock(m, vm.mmuLock);
  return young ? AGED_YOUNG : 0;
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
