import { writeLock, writeUnlock } from '../locks/mmu-lock.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { dirtyBitmapWord } from './dirty-bitmap.ts';
import { slotGfn, slotHandle, slotPages } from './memslots.ts';
import { kickForPml } from './pml.ts';
import { haveRmaps } from './shadow-pages.ts';
import { trySplitHugePages } from './split-huge.ts';
import { flushRemoteTlbs } from './vcpu-state.ts';
import type { Vm } from './vm.ts';
import { DIRTY_BIT, rmapProtect, slotGfnWriteProtect, tdpMmuProtectMasked, WRITE_ACCESS } from './write-protect.ts';

/** The dirty log of a slot (virt/kvm/kvm_main.c). The caller holds slots_lock: no slot changes meanwhile. */

/**
 * kvm_get_dirty_log_protect: hands out which pages of the slot were written, a bit a page. Where the VMM clears the log
 * itself, nothing is taken out or protected yet.
 *
 * @param out words of the caller's for the bits
 */
export function getDirtyLog(m: Memory, vm: Vm, thread: number, index: number, out: Word): void {
  kickForPml(m, vm);
  const slot = slotHandle(m, vm, index);
  const words = Math.ceil(slotPages(m, vm, slot) / 32);
  if (vm.machine.manualDirtyProtect) {
    for (let i = 0; i < words; i++) m.storeOwn(out + i, m.load(dirtyBitmapWord(vm, slot, i)));
    return;
  }
  let flush = false;
  writeLock(m, vm.mmuLock, thread);
  for (let i = 0; i < words; i++) {
    // Taken out before the pages are protected: a write in between is logged again, and not lost.
    const mask = m.exchange(dirtyBitmapWord(vm, slot, i), 0);
    m.storeOwn(out + i, mask);
    if (mask === 0) continue;
    flush = true;
    enableLogDirtyPtMasked(m, vm, thread, slot, i, mask);
  }
  writeUnlock(m, vm.mmuLock);
  if (flush) flushRemoteTlbs(m, vm);
}

/** kvm_clear_dirty_log_protect: takes pages out of the log and protects them again. `selected` is a bitmap like `out`. */
export function clearDirtyLog(m: Memory, vm: Vm, thread: number, index: number, selected: Word): void {
  kickForPml(m, vm);
  const slot = slotHandle(m, vm, index);
  const words = Math.ceil(slotPages(m, vm, slot) / 32);
  let flush = false;
  writeLock(m, vm.mmuLock, thread);
  for (let i = 0; i < words; i++) {
    const wanted = m.loadOwn(selected + i);
    if (wanted === 0) continue;
    const mask = m.fetchAnd(dirtyBitmapWord(vm, slot, i), ~wanted) & wanted;
    if (mask === 0) continue;
    flush = true;
    enableLogDirtyPtMasked(m, vm, thread, slot, i, mask);
  }
  writeUnlock(m, vm.mmuLock);
  if (flush) flushRemoteTlbs(m, vm);
}

/** kvm_arch_mmu_enable_log_dirty_pt_masked: the next write to any of these pages is noticed again. */
function enableLogDirtyPtMasked(m: Memory, vm: Vm, thread: number, slot: number, index: number, mask: number): void {
  if (!vm.rules.logHandOutProtects) return;
  const gfn = slotGfn(m, vm, slot) + index * 32;
  if (vm.machine.manualDirtyProtect && vm.machine.dirtyLogInitiallySet) {
    // Logging began without protecting anything, so 2M leaves may still be there, and writable.
    const start = gfn + 31 - Math.clz32(mask & -mask);
    const end = gfn + 32 - Math.clz32(mask);
    trySplitHugePages(m, vm, thread, slot, start, end);
    // The kernel's 32 pages are in at most two 2M pages; where tables are smaller, they may be in more.
    let last = -1;
    for (let rest = mask; rest !== 0; rest &= rest - 1) {
      const written = gfn + 31 - Math.clz32(rest & -rest);
      const hugePage = written >>> vm.entryBits;
      if (hugePage !== last) slotGfnWriteProtect(m, vm, thread, slot, written, 2);
      last = hugePage;
    }
  }
  const what = vm.machine.pml ? DIRTY_BIT : WRITE_ACCESS;
  tdpMmuProtectMasked(m, vm, thread, slot, gfn, mask, what);
  if (!haveRmaps(m, vm)) return;
  for (let rest = mask; rest !== 0; rest &= rest - 1) {
    rmapProtect(m, vm, slot, 1, gfn + 31 - Math.clz32(rest & -rest), what);
  }
}
