import { readLock, readUnlock, writeLock, writeUnlock } from '../locks/mmu-lock.ts';
import { rcuReadLock, rcuReadUnlock } from '../locks/rcu.ts';
import { srcuReadLock, srcuReadUnlock } from '../locks/srcu.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory } from '../shared/memory.ts';
import { fastPageFault } from './fast-page-fault.ts';
import { RET_EAGAIN, RET_PF_EMULATE, RET_PF_INVALID, RET_PF_RETRY } from './fault-outcome.ts';
import { getUserPage, isMapWritable } from './gup.ts';
import { markHostPageDirty } from './host-page-state.ts';
import { goalLevel } from './mapping-level.ts';
import { addressSpaceOfMode, pageOfGfn, slotIsInvalid, slotOfGfn } from './memslots.ts';
import { isRootInvalid } from './roots.ts';
import { shadowMap } from './shadow-map.ts';
import { usesTdpMmu } from './shadow-pages.ts';
import { topUpTableCache } from './table-cache.ts';
import { tdpMmuMap } from './tdp-map.ts';
import { L2, type Vm } from './vm.ts';

/**
 * kvm_mmu_do_page_fault: maps the page behind `gfn` for an access of the vCPU in a guest mode.
 *
 * @param root what the vCPU's walks begin at in this mode
 * @param page the host page, for observers
 * @param present the walk met a translation, which does not allow the access (PFERR_PRESENT_MASK)
 * @returns RET_PF_RETRY, RET_PF_FIXED, RET_PF_SPURIOUS, RET_PF_FAST_FIXED or RET_PF_EMULATE
 */
export function handlePageFault(
  m: Memory,
  vm: Vm,
  vcpu: number,
  mode: number,
  root: number,
  gfn: number,
  page: number,
  write: boolean,
  present = false,
): number {
  m.note(GhostEvent.faultBegin, page, 0);
  srcuReadLock(m, vm.srcu, vcpu);
  const outcome = pageFault(m, vm, vcpu, mode, root, gfn, write, present, false);
  srcuReadUnlock(m, vm.srcu, vcpu);
  m.note(GhostEvent.faultEnd, page, outcome);
  return outcome;
}

/**
 * direct_page_fault, and FNAME(page_fault) for what is mapped through a guest's page table. The caller holds `vm.srcu`.
 *
 * @param prefetch nobody accesses the page: KVM_PRE_FAULT_MEMORY
 */
export function pageFault(
  m: Memory,
  vm: Vm,
  vcpu: number,
  mode: number,
  root: number,
  gfn: number,
  write: boolean,
  present: boolean,
  prefetch: boolean,
): number {
  const direct = mode !== L2 && vm.machine.npt;
  const tdp = direct && usesTdpMmu(vm);
  const slot = slotOfGfn(m, vm, gfn, addressSpaceOfMode(mode));
  if (slot < 0) return RET_PF_EMULATE;
  // Only direct maps: the gfn behind an indirect SPTE may change while nobody holds mmu_lock.
  if (direct && vm.rules.fastPageFault) {
    const outcome = fastPageFault(m, vm, vcpu, slot, root, gfn, write, present);
    if (outcome !== RET_PF_INVALID) return outcome;
  }
  if (!topUpTableCache(m, vm, vcpu)) return RET_PF_RETRY;
  // The sequence is read before the page is looked up: an invalidation that ends in between is noticed below.
  const sequence = m.load(vm.invalidateSeq);
  if (slotIsInvalid(m, vm, slot)) {
    return prefetch && vm.rules.prefaultGivesUpOnInvalidSlot ? RET_EAGAIN : RET_PF_RETRY;
  }
  const hostPage = pageOfGfn(m, vm, slot, gfn);
  const entry = getUserPage(m, vm, vcpu, hostPage, write);
  m.note(GhostEvent.gotUserPage, hostPage, 0);
  if (vm.rules.faultChecksInvalidation === 'before-lock' && mustRetry(m, vm, gfn, sequence)) return RET_PF_RETRY;
  const level = goalLevel(m, vm, mode, slot, gfn, entry);

  if (tdp) readLock(m, vm.mmuLock, vcpu);
  else writeLock(m, vm.mmuLock, vcpu);
  let outcome = RET_PF_RETRY;
  if (!isPageFaultStale(m, vm, root, gfn, sequence)) {
    if (tdp) {
      rcuReadLock(m, vm.rcu, vcpu);
      outcome = tdpMmuMap(m, vm, vcpu, slot, root, gfn, level, entry, write, prefetch);
      rcuReadUnlock(m, vm.rcu, vcpu);
    } else {
      outcome = shadowMap(m, vm, vcpu, slot, root, gfn, level, entry, write, prefetch);
    }
    // kvm_release_faultin_page: a page that may be written from now on counts as dirty.
    const used = outcome !== RET_PF_RETRY;
    if (used && vm.rules.marksHostPageDirty === 'when-created' && isMapWritable(vm, entry, write)) {
      markHostPageDirty(m, vm, hostPage);
    }
  }
  if (tdp) readUnlock(m, vm.mmuLock);
  else writeUnlock(m, vm.mmuLock);
  return outcome;
}

/** is_page_fault_stale. The caller holds `mmu_lock`: what it sees stays so until it has mapped the page. */
function isPageFaultStale(m: Memory, vm: Vm, root: number, gfn: number, sequence: number): boolean {
  if (isRootInvalid(m, vm, root)) return true;
  return vm.rules.faultChecksInvalidation === 'under-lock' && mustRetry(m, vm, gfn, sequence);
}

/** mmu_invalidate_retry_gfn: in the reverse of the order at an invalidation's end. */
function mustRetry(m: Memory, vm: Vm, gfn: number, sequence: number): boolean {
  if (m.load(vm.invalidateInProgress) !== 0 && gfn >= m.load(vm.invalidateStart) && gfn < m.load(vm.invalidateEnd)) {
    return true;
  }
  return m.load(vm.invalidateSeq) !== sequence;
}
