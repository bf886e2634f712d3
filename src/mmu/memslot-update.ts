import { readLock, readUnlock, writeLock, writeUnlock } from '../locks/mmu-lock.ts';
import { synchronizeSrcu } from '../locks/srcu.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { initDirtyBitmap, startsDirty } from './dirty-bitmap.ts';
import { slotFlags, slotGfn, slotPages } from './memslots.ts';
import { recoverHugePages } from './recover-huge.ts';
import { trySplitHugePages } from './split-huge.ts';
import { flushRemoteTlbs } from './vcpu-state.ts';
import {
  SLOT_FLAGS,
  SLOT_GFN,
  SLOT_INVALID,
  SLOT_LOGS_DIRTY,
  SLOT_PAGE,
  SLOT_PAGES,
  SLOT_SMM,
  SLOT_WORDS,
  type Vm,
} from './vm.ts';
import { DIRTY_BIT, rmapProtectRange, tdpMmuProtectRange, WRITE_ACCESS } from './write-protect.ts';
import { zapAll } from './zap-root.ts';

/**
 * kvm_set_memory_region: slots are changed in the set that nobody reads, which then becomes the one that everybody reads.
 * One thread at a time, as slots_lock has it in the kernel.
 */

function slotIn(vm: Vm, set: number, slot: number): Word {
  return vm.memslots + (set * vm.slotCount + slot) * SLOT_WORDS;
}

/** kvm_swap_active_memslots: no reader is left on the old set when it returns, and it has become a copy of the new one. */
function swapActiveMemslots(m: Memory, vm: Vm): void {
  // An invalidation must see the same slots at its end as at its start (B21).
  m.awaitBits(vm.activeInvalidations, -1, 0);
  const active = m.load(vm.activeMemslots);
  m.store(vm.activeMemslots, active ^ 1);
  synchronizeSrcu(m, vm.srcu);
  const from = slotIn(vm, active ^ 1, 0);
  const to = slotIn(vm, active, 0);
  for (let i = 0; i < vm.slotCount * SLOT_WORDS; i++) m.store(to + i, m.load(from + i));
}

function inactiveSlot(m: Memory, vm: Vm, slot: number): Word {
  return slotIn(vm, m.load(vm.activeMemslots) ^ 1, slot);
}

/** KVM_MR_CREATE. Nothing is zapped: what the slot's frames mapped before was zapped when their last slot went. */
export function addMemslot(
  m: Memory,
  vm: Vm,
  slot: number,
  gfn: number,
  page: number,
  pages: number,
  addressSpace: number,
  logsDirty: boolean,
): void {
  if (logsDirty) initDirtyBitmap(m, vm, slot, pages);
  const word = inactiveSlot(m, vm, slot);
  m.store(word + SLOT_GFN, gfn);
  m.store(word + SLOT_PAGE, page);
  m.store(word + SLOT_PAGES, pages);
  m.store(word + SLOT_FLAGS, (addressSpace === 0 ? 0 : SLOT_SMM) | (logsDirty ? SLOT_LOGS_DIRTY : 0));
  swapActiveMemslots(m, vm);
}

/**
 * KVM_MR_DELETE: the slot becomes invalid, so that nothing more is mapped, then everything is zapped, and then the slot is
 * gone. The other slots' mappings go with it (KVM_X86_QUIRK_SLOT_ZAP_ALL).
 */
export function deleteMemslot(m: Memory, vm: Vm, thread: number, slot: number): void {
  m.store(inactiveSlot(m, vm, slot) + SLOT_FLAGS, slotFlags(m, vm, slot) | SLOT_INVALID);
  swapActiveMemslots(m, vm);
  if (vm.rules.slotDeletionZapsAll) zapAll(m, vm, thread);
  m.store(inactiveSlot(m, vm, slot) + SLOT_PAGES, 0);
  swapActiveMemslots(m, vm);
}

/** KVM_MR_FLAGS_ONLY with KVM_MEM_LOG_DIRTY_PAGES, and kvm_mmu_slot_apply_flags. */
export function enableDirtyLogging(m: Memory, vm: Vm, thread: number, slot: number): void {
  const pages = slotPages(m, vm, slot);
  initDirtyBitmap(m, vm, slot, pages);
  m.store(inactiveSlot(m, vm, slot) + SLOT_FLAGS, slotFlags(m, vm, slot) | SLOT_LOGS_DIRTY);
  swapActiveMemslots(m, vm);
  // Everything counts as dirty: pages are protected when they are first taken out of the log.
  if (startsDirty(vm) || !vm.rules.loggingProtects) return;
  const start = slotGfn(m, vm, slot);
  const end = start + pages;
  readLock(m, vm.mmuLock, thread);
  trySplitHugePages(m, vm, thread, slot, start, end);
  readUnlock(m, vm.mmuLock);
  if (vm.machine.pml) {
    // What logs by Dirty still writes to 2M pages under protection, so that they are split.
    protectSlot(m, vm, thread, slot, 1, DIRTY_BIT);
    protectSlot(m, vm, thread, slot, 2, WRITE_ACCESS);
  } else {
    protectSlot(m, vm, thread, slot, 1, WRITE_ACCESS);
  }
  // Unconditionally: aging or an earlier protection may have left translations behind that can write.
  flushRemoteTlbs(m, vm);
}

/** kvm_mmu_slot_remove_write_access, kvm_mmu_slot_leaf_clear_dirty. */
function protectSlot(m: Memory, vm: Vm, thread: number, slot: number, minLevel: number, what: number): void {
  const start = slotGfn(m, vm, slot);
  const end = start + slotPages(m, vm, slot);
  writeLock(m, vm.mmuLock, thread);
  rmapProtectRange(m, vm, slot, start, end, minLevel, what);
  writeUnlock(m, vm.mmuLock);
  readLock(m, vm.mmuLock, thread);
  tdpMmuProtectRange(m, vm, thread, slot, start, end, minLevel, what);
  readUnlock(m, vm.mmuLock);
}

/** KVM_MR_FLAGS_ONLY without KVM_MEM_LOG_DIRTY_PAGES. What is protected stays so; a write gets it back. */
export function disableDirtyLogging(m: Memory, vm: Vm, thread: number, slot: number): void {
  m.store(inactiveSlot(m, vm, slot) + SLOT_FLAGS, slotFlags(m, vm, slot) & ~SLOT_LOGS_DIRTY);
  swapActiveMemslots(m, vm);
  recoverHugePages(m, vm, thread, slot);
}
