import {
  AD_DISABLED,
  AD_WRPROT_ONLY,
  adTypeOf,
  backingBits,
  isAccessTracked,
  isLeaf,
  isShadowPresent,
  MMU_PRESENT,
  PAGE_SIZE_BIT,
  restoreAccess,
  trackAccess,
  WRITABLE,
} from '../shared/spte.ts';
import type { Vm } from './vm.ts';

/** What KVM reads off an SPTE, and what it makes of one: arch/x86/kvm/mmu/spte.[ch]. Nothing here touches memory. */

/**
 * spte_ad_enabled. Machines without A/D bits still have entries with: L2's shadow pages of a nested page table of AMD's
 * format, which always has them.
 */
export function isAdEnabled(vm: Vm, spte: number): boolean {
  return vm.machine.adBits || adTypeOf(vm.spte, spte) !== AD_DISABLED;
}

/** is_accessed_spte, of a present leaf. */
export function isAccessed(vm: Vm, spte: number): boolean {
  if (isAdEnabled(vm, spte) || vm.rules.accessedMeans === 'accessed-bit') return (spte & vm.spte.accessed) !== 0;
  return !isAccessTracked(vm.spte, spte);
}

/** is_dirty_spte, of a present leaf: without a Dirty bit, what can be written counts as written. */
export function isDirty(vm: Vm, spte: number): boolean {
  return (spte & (isAdEnabled(vm, spte) ? vm.spte.dirty : WRITABLE)) !== 0;
}

export function isWritable(spte: number): boolean {
  return (spte & WRITABLE) !== 0;
}

/** is_mmu_writable_spte. */
export function isMmuWritable(vm: Vm, spte: number): boolean {
  return (spte & vm.spte.mmuWritable) !== 0;
}

/** spte_ad_need_write_protect: dirt is logged by write protection although the machine could log it by Dirty. */
export function adNeedsWriteProtect(vm: Vm, spte: number): boolean {
  return adTypeOf(vm.spte, spte) !== 0;
}

/**
 * spte_has_volatile_bits, or spte_needs_atomic_update since 6.15, of a present leaf: others may change bits of it without
 * `mmu_lock`: the hardware Accessed and Dirty, a fast page fault W, R and X.
 */
export function mustUpdateAtomically(vm: Vm, spte: number): boolean {
  const { mmuWritable, dirty, accessed } = vm.spte;
  const writable = isWritable(spte);
  if (!writable && (spte & mmuWritable) !== 0) return true;
  const volatileDirty = writable && (spte & dirty) === 0;
  if (vm.rules.atomicUpdate === 'spte_needs_atomic_update') return !isAdEnabled(vm, spte) || volatileDirty;
  if (!isAdEnabled(vm, spte)) return isAccessTracked(vm.spte, spte);
  return (spte & accessed) === 0 || volatileDirty;
}

/** mark_spte_for_access_track. */
export function markForAccessTrack(vm: Vm, spte: number): number {
  if (isAdEnabled(vm, spte)) return spte & ~vm.spte.accessed;
  const tracked = trackAccess(vm.spte, spte);
  return vm.rules.accessedMeans === 'accessed-bit' ? tracked & ~vm.spte.accessed : tracked;
}

/** restore_acc_track_spte, as a fast page fault uses it: the access that faulted is one. */
export function restoreForAccess(vm: Vm, spte: number): number {
  const restored = restoreAccess(vm.spte, spte);
  const marks = vm.rules.accessedMeans === 'accessed-bit' && vm.rules.fastPageFaultRestoresAccessed;
  return marks ? restored | vm.spte.accessed : restored;
}

/** is_access_allowed: the hardware would let the access through. */
export function isAccessAllowed(vm: Vm, spte: number, write: boolean): boolean {
  return write ? isWritable(spte) : (spte & vm.spte.hardwarePresent) !== 0;
}

/**
 * make_spte: a leaf for a host page.
 *
 * @param guestMode the page table is a shadow of L1's nested page table
 * @param old what the leaf replaces
 * @param prefetch nobody has accessed the page: it is mapped in advance
 * @param mapWritable the host lets KVM write to the page
 */
export function makeLeafSpte(
  vm: Vm,
  level: number,
  guestMode: boolean,
  old: number,
  version: number,
  prefetch: boolean,
  mapWritable: boolean,
): number {
  const { spte: layout, rules, machine } = vm;
  let spte = MMU_PRESENT | layout.readExecute | backingBits(version);
  const adBits = hasAdBits(vm, guestMode);
  if (!adBits) spte |= AD_DISABLED << layout.adTypeShift;
  else if (machine.pml && guestMode) spte |= AD_WRPROT_ONLY << layout.adTypeShift;
  const hasAccessedBit = adBits || rules.accessedMeans === 'accessed-bit';
  const accessed = prefetch ? !rules.prefetchKeepsOld : rules.faultSetsAccessed;
  if (hasAccessedBit && accessed) spte |= layout.accessed;
  if (level > 1) spte |= PAGE_SIZE_BIT;
  if (mapWritable) {
    spte |= layout.hostWritable | layout.mmuWritable | WRITABLE;
    const overWritable = isShadowPresent(old) && isLeaf(old, level) && isWritable(old);
    if ((rules.setsDirtyOverWritable || !overWritable) && rules.writableLeafIsDirty) spte |= dirtyBit(vm, adBits);
  }
  return prefetch && rules.prefetchKeepsOld ? markForAccessTrack(vm, spte) : spte;
}

/** !role.ad_disabled: whether a page table's entries have A/D bits. */
export function hasAdBits(vm: Vm, guestMode: boolean): boolean {
  return vm.machine.adBits || (guestMode && vm.spte.name === 'legacy');
}

/** shadow_dirty_mask: before 6.13 there is none without A/D bits. */
function dirtyBit(vm: Vm, adBits: boolean): number {
  return adBits || vm.rules.hasSoftwareDirtyBit ? vm.spte.dirty : 0;
}
