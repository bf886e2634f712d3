import type { Memory, Word } from '../shared/memory.ts';
import {
  INFO_ROLE,
  ROLE_SMM,
  SLOT_FLAGS,
  SLOT_GFN,
  SLOT_INVALID,
  SLOT_LOGS_DIRTY,
  SLOT_PAGE,
  SLOT_PAGES,
  SLOT_SMM,
  SLOT_WORDS,
  SMM,
  TABLE_INFO_WORDS,
  type Vm,
} from './vm.ts';

/**
 * A slot goes by its *handle*, which says in which of the two sets it is: which set readers use is looked at once a look-up
 * or walk, so that what it sees of the slots belongs together. The caller holds `vm.srcu`, or is the one that changes
 * slots, for as long as it uses the handle.
 */

/** Handle of the first slot of the set that readers use; those of the others follow (kvm_memslots). */
export function firstSlot(m: Memory, vm: Vm): number {
  return vm.machine.memslotsChange ? m.load(vm.activeMemslots) * vm.slotCount : 0;
}

/** The handle of slot `index` (id_to_memslot). */
export function slotHandle(m: Memory, vm: Vm, index: number): number {
  return firstSlot(m, vm) + index;
}

/** Which slot it is, in whichever set: what belongs to it apart from these words goes by that. */
export function slotIndex(vm: Vm, slot: number): number {
  return slot % vm.slotCount;
}

function slotWord(vm: Vm, slot: number): Word {
  return vm.memslots + slot * SLOT_WORDS;
}

/** gfn_to_memslot in one address space: the handle of the slot that has `gfn`, or -1. It may be one that is about to be deleted. */
export function slotOfGfn(m: Memory, vm: Vm, gfn: number, addressSpace: number): number {
  const first = firstSlot(m, vm);
  for (let slot = first; slot < first + vm.slotCount; slot++) {
    const word = slotWord(vm, slot);
    const index = gfn - m.load(word + SLOT_GFN);
    if (index < 0 || index >= m.load(word + SLOT_PAGES)) continue;
    if (vm.machine.addressSpaces === 1) return slot;
    if (addressSpaceOf(m.load(word + SLOT_FLAGS)) === addressSpace) return slot;
  }
  return -1;
}

/** __gfn_to_hva_memslot: the host page behind `gfn`, which the slot has. */
export function pageOfGfn(m: Memory, vm: Vm, slot: number, gfn: number): number {
  const word = slotWord(vm, slot);
  return m.load(word + SLOT_PAGE) + gfn - m.load(word + SLOT_GFN);
}

/** The host page behind `gfn`, or -1 if no slot has it. */
export function hostPageOfGfn(m: Memory, vm: Vm, gfn: number, addressSpace: number): number {
  const slot = slotOfGfn(m, vm, gfn, addressSpace);
  return slot < 0 ? -1 : pageOfGfn(m, vm, slot, gfn);
}

export function slotGfn(m: Memory, vm: Vm, slot: number): number {
  return m.load(slotWord(vm, slot) + SLOT_GFN);
}

export function slotPage(m: Memory, vm: Vm, slot: number): number {
  return m.load(slotWord(vm, slot) + SLOT_PAGE);
}

/** 0 if there is no such slot now. */
export function slotPages(m: Memory, vm: Vm, slot: number): number {
  return m.load(slotWord(vm, slot) + SLOT_PAGES);
}

export function slotFlags(m: Memory, vm: Vm, slot: number): number {
  return m.load(slotWord(vm, slot) + SLOT_FLAGS);
}

/** KVM_MEMSLOT_INVALID: the slot is about to be deleted, and faults on it must come again. */
export function slotIsInvalid(m: Memory, vm: Vm, slot: number): boolean {
  return vm.machine.memslotsChange && (slotFlags(m, vm, slot) & SLOT_INVALID) !== 0;
}

/** kvm_slot_dirty_track_enabled. */
export function slotLogsDirty(m: Memory, vm: Vm, slot: number): boolean {
  return vm.machine.memslotsChange && (slotFlags(m, vm, slot) & SLOT_LOGS_DIRTY) !== 0;
}

/** slot->as_id. */
export function addressSpaceOf(flags: number): number {
  return (flags & SLOT_SMM) === 0 ? 0 : 1;
}

/** The address space that a guest mode uses. */
export function addressSpaceOfMode(mode: number): number {
  return mode === SMM ? 1 : 0;
}

/** The address space of a slot, without a step where there is only one. */
export function slotAddressSpace(m: Memory, vm: Vm, slot: number): number {
  return vm.machine.addressSpaces === 1 ? 0 : addressSpaceOf(slotFlags(m, vm, slot));
}

/** kvm_mmu_page_as_id. */
export function tableAddressSpace(m: Memory, vm: Vm, table: number): number {
  if (vm.machine.addressSpaces === 1) return 0;
  return (m.load(vm.tableInfo + table * TABLE_INFO_WORDS + INFO_ROLE) & ROLE_SMM) === 0 ? 0 : 1;
}
