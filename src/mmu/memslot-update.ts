import { writeLock, writeUnlock } from '../locks/mmu-lock.ts';
import { synchronizeSrcu } from '../locks/srcu.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { lockForTdpBulk, unlockForTdpBulk } from './bulk-lock.ts';
import { initDirtyBitmap, startsDirty } from './dirty-bitmap.ts';
import { SWAPPING } from './invalidate.ts';
import { slotFlags, slotGfn, slotHandle, slotPages } from './memslots.ts';
import { recoverHugePages } from './recover-huge.ts';
import { maxLeafLevel } from './rmap-zap.ts';
import { haveRmaps, usesTdpMmu } from './shadow-pages.ts';
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
 * One thread at a time, as slots_lock has it in the kernel. Slots go by their indexes here, which are the same in both sets.
 */

function slotIn(vm: Vm, set: number, index: number): Word {
  return vm.memslots + (set * vm.slotCount + index) * SLOT_WORDS;
}

/** kvm_swap_active_memslots: no reader is left on the old set when it returns, and it has become a copy of the new one. */
function swapActiveMemslots(m: Memory, vm: Vm): void {
  const active = m.load(vm.activeMemslots);
  // An invalidation must see the same slots at its end as at its start: none is under way, and none begins.
  if (vm.rules.memslotSwapWaits) {
    m.awaitAdd(vm.activeInvalidations, -1, 0, SWAPPING);
    m.store(vm.activeMemslots, active ^ 1);
    m.add(vm.activeInvalidations, -SWAPPING);
    m.wake(vm.activeInvalidations);
  } else {
    m.store(vm.activeMemslots, active ^ 1);
  }
  synchronizeSrcu(m, vm.srcu);
  const from = slotIn(vm, active ^ 1, 0);
  const to = slotIn(vm, active, 0);
  for (let i = 0; i < vm.slotCount * SLOT_WORDS; i++) m.store(to + i, m.load(from + i));
}

function inactiveSlot(m: Memory, vm: Vm, index: number): Word {
  return slotIn(vm, m.load(vm.activeMemslots) ^ 1, index);
}

/** KVM_MR_CREATE. Nothing is zapped: what the slot's frames mapped before was zapped when their last slot went. */
export function addMemslot(
  m: Memory,
  vm: Vm,
  index: number,
  gfn: number,
  page: number,
  pages: number,
  addressSpace: number,
  logsDirty: boolean,
): void {
  if (logsDirty) initDirtyBitmap(m, vm, index, pages);
  const word = inactiveSlot(m, vm, index);
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
export function deleteMemslot(m: Memory, vm: Vm, thread: number, index: number): void {
  m.store(inactiveSlot(m, vm, index) + SLOT_FLAGS, slotFlags(m, vm, slotHandle(m, vm, index)) | SLOT_INVALID);
  swapActiveMemslots(m, vm);
  if (vm.rules.slotDeletionZapsAll) zapAll(m, vm, thread);
  m.store(inactiveSlot(m, vm, index) + SLOT_PAGES, 0);
  swapActiveMemslots(m, vm);
}

/** KVM_MR_FLAGS_ONLY with KVM_MEM_LOG_DIRTY_PAGES, and kvm_mmu_slot_apply_flags. */
export function enableDirtyLogging(m: Memory, vm: Vm, thread: number, index: number): void {
  const old = slotHandle(m, vm, index);
  initDirtyBitmap(m, vm, old, slotPages(m, vm, old));
  m.store(inactiveSlot(m, vm, index) + SLOT_FLAGS, slotFlags(m, vm, old) | SLOT_LOGS_DIRTY);
  swapActiveMemslots(m, vm);
  // Everything counts as dirty: pages are protected when they are first taken out of the log.
  if (startsDirty(vm) || !vm.rules.loggingProtects) return;
  const slot = slotHandle(m, vm, index);
  if (usesTdpMmu(vm)) {
    const start = slotGfn(m, vm, slot);
    lockForTdpBulk(m, vm, thread);
    trySplitHugePages(m, vm, thread, slot, start, start + slotPages(m, vm, slot));
    unlockForTdpBulk(m, vm);
  }
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

/** kvm_mmu_slot_remove_write_access, kvm_mmu_slot_leaf_clear_dirty. In the shadow MMU only 4K leaves lose Dirty. */
function protectSlot(m: Memory, vm: Vm, thread: number, slot: number, minLevel: number, what: number): void {
  const start = slotGfn(m, vm, slot);
  const end = start + slotPages(m, vm, slot);
  if (haveRmaps(m, vm)) {
    const maxLevel = what === DIRTY_BIT ? 1 : maxLeafLevel(vm);
    writeLock(m, vm.mmuLock, thread);
    rmapProtectRange(m, vm, slot, start, end, minLevel, maxLevel, what);
    writeUnlock(m, vm.mmuLock);
  }
  if (!usesTdpMmu(vm)) return;
  lockForTdpBulk(m, vm, thread);
  tdpMmuProtectRange(m, vm, thread, slot, start, end, minLevel, what);
  unlockForTdpBulk(m, vm);
}

/** KVM_MR_FLAGS_ONLY without KVM_MEM_LOG_DIRTY_PAGES. What is protected stays so; a write gets it back. */
export function disableDirtyLogging(m: Memory, vm: Vm, thread: number, index: number): void {
  m.store(inactiveSlot(m, vm, index) + SLOT_FLAGS, slotFlags(m, vm, slotHandle(m, vm, index)) & ~SLOT_LOGS_DIRTY);
  swapActiveMemslots(m, vm);
  recoverHugePages(m, vm, thread, slotHandle(m, vm, index));
}
