import type { Memory, Word } from '../shared/memory.ts';
import { slotGfn, slotIndex, slotLogsDirty } from './memslots.ts';
import type { Vm } from './vm.ts';

/** slot->dirty_bitmap: a bit a page, set without any lock. */

/** The word of 32 pages of `slot`, from its page `32 * index` on. */
export function dirtyBitmapWord(vm: Vm, slot: number, index: number): Word {
  return vm.dirtyBitmaps + slotIndex(vm, slot) * vm.dirtyBitmapWords + index;
}

/** mark_page_dirty_in_slot: logs a page if the slot's dirt is logged. */
export function markPageDirtyInSlot(m: Memory, vm: Vm, slot: number, gfn: number): void {
  if (!vm.rules.logsWritablePages || !slotLogsDirty(m, vm, slot)) return;
  const index = gfn - slotGfn(m, vm, slot);
  m.setBits(dirtyBitmapWord(vm, slot, index >>> 5), 1 << (index & 31));
}

/** kvm_dirty_log_manual_protect_and_init_set. */
export function startsDirty(vm: Vm): boolean {
  return vm.machine.manualDirtyProtect && vm.machine.dirtyLogInitiallySet;
}

/** kvm_alloc_dirty_bitmap, and bitmap_set where everything counts as dirty at first. */
export function initDirtyBitmap(m: Memory, vm: Vm, slot: number, pages: number): void {
  for (let i = 0; i * 32 < pages; i++) {
    const left = pages - i * 32;
    const all = left >= 32 ? -1 : (1 << left) - 1;
    m.store(dirtyBitmapWord(vm, slot, i), startsDirty(vm) ? all : 0);
  }
}
