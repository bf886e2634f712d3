import type { Memory } from '../shared/memory.ts';
import { SLOT_GFN, SLOT_PAGE, SLOT_PAGES, SLOT_WORDS, type Vm } from './vm.ts';

/** The caller holds `vm.srcu`. */

/** gfn_to_memslot and __gfn_to_hva_memslot: the host page behind `gfn`, or -1 if no slot has it. */
export function hostPageOfGfn(m: Memory, vm: Vm, gfn: number): number {
  for (let slot = 0; slot < vm.slotCount; slot++) {
    const word = vm.memslots + slot * SLOT_WORDS;
    const index = gfn - m.load(word + SLOT_GFN);
    if (index >= 0 && index < m.load(word + SLOT_PAGES)) return m.load(word + SLOT_PAGE) + index;
  }
  return -1;
}

export function slotGfn(m: Memory, vm: Vm, slot: number): number {
  return m.load(vm.memslots + slot * SLOT_WORDS + SLOT_GFN);
}

export function slotPage(m: Memory, vm: Vm, slot: number): number {
  return m.load(vm.memslots + slot * SLOT_WORDS + SLOT_PAGE);
}

export function slotPages(m: Memory, vm: Vm, slot: number): number {
  return m.load(vm.memslots + slot * SLOT_WORDS + SLOT_PAGES);
}
