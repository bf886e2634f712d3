import { rcuElapsed, rcuStamp } from '../locks/rcu.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { INFO_GFN, INFO_LEVEL, INFO_ROLE, INFO_STAMP, TABLE_INFO_WORDS, type Vm } from './vm.ts';

export function infoWord(vm: Vm, table: number, field: number): Word {
  return vm.tableInfo + table * TABLE_INFO_WORDS + field;
}

/** The entry of `table`, at `level`, that translates `gfn`. */
export function entryWord(vm: Vm, table: number, level: number, gfn: number): Word {
  return vm.tables + table * vm.entries + ((gfn >>> (vm.entryBits * (level - 1))) & (vm.entries - 1));
}

/** First gfn behind the span of the entry that translates `gfn` at `level`. */
export function endOfEntry(vm: Vm, level: number, gfn: number): number {
  const shift = vm.entryBits * (level - 1);
  return ((gfn >>> shift) + 1) << shift;
}

/**
 * Takes a table from the pool, all entries nonpresent; 0 if every table is in use or awaits its grace period. Never
 * blocks. Bits instead of a linked list, so that no compare-exchange can mistake a table that came back for one that
 * never left.
 */
export function allocTable(m: Memory, vm: Vm, thread: number): number {
  if (m.load(vm.retiredCount) !== 0) reclaimTables(m, vm);
  const hint = m.loadOwn(vm.allocationHint + thread);
  for (let i = 0; i < vm.tableBitmapWords; i++) {
    const index = (hint + i) % vm.tableBitmapWords;
    const word = vm.freeTables + index;
    for (let bits = m.load(word); bits !== 0; bits = m.load(word)) {
      const bit = bits & -bits;
      if (!m.testAndClear(word, bit)) continue;
      m.storeOwn(vm.allocationHint + thread, index);
      const table = index * 32 + 31 - Math.clz32(bit);
      m.fill(vm.tables + table * vm.entries, vm.entries, vm.rules.nonpresentSpte);
      return table;
    }
  }
  return 0;
}

/** tdp_mmu_free_sp: gives back a table that was never linked, so that nobody can be in it. */
export function freeTable(m: Memory, vm: Vm, table: number): void {
  m.setBits(vm.freeTables + (table >>> 5), 1 << (table & 31));
}

/** Pages that a leaf of `level` maps. */
export function pagesOfLevel(vm: Vm, level: number): number {
  return 1 << (vm.entryBits * (level - 1));
}

/** The table that `sptep`, the word of an entry, is in (sptep_to_sp). */
export function tableOfEntry(vm: Vm, sptep: Word): number {
  return Math.floor((sptep - vm.tables) / vm.entries);
}

/** The first gfn that `sptep` translates (kvm_mmu_page_get_gfn). */
export function gfnOfEntry(m: Memory, vm: Vm, table: number, level: number, sptep: Word): number {
  return m.load(infoWord(vm, table, INFO_GFN)) + (sptep - vm.tables - table * vm.entries) * pagesOfLevel(vm, level);
}

/** tdp_mmu_init_sp, and what kvm_mmu_alloc_shadow_page fills in. */
export function initTable(m: Memory, vm: Vm, table: number, level: number, gfn: number, role: number): void {
  const shift = vm.entryBits * level;
  m.store(infoWord(vm, table, INFO_LEVEL), level);
  m.store(infoWord(vm, table, INFO_GFN), shift > 30 ? 0 : (gfn >>> shift) << shift);
  m.store(infoWord(vm, table, INFO_ROLE), role);
}

/** call_rcu(tdp_mmu_free_sp_rcu_callback): hands an unlinked table back once its grace period is over. */
export function retireTable(m: Memory, vm: Vm, table: number): void {
  m.note(GhostEvent.tableRetired, -1, vm.tablesBefore + table);
  // The stamp comes before the bit: whoever sees the bit sees the stamp that belongs to it.
  m.store(infoWord(vm, table, INFO_STAMP), rcuStamp(m, vm.rcu));
  m.setBits(vm.retiredTables + (table >>> 5), 1 << (table & 31));
  m.add(vm.retiredCount, 1);
}

/** Moves tables whose grace period is over to the pool. */
function reclaimTables(m: Memory, vm: Vm): void {
  for (let index = 0; index < vm.tableBitmapWords; index++) {
    for (let bits = m.load(vm.retiredTables + index); bits !== 0; bits &= bits - 1) {
      const bit = bits & -bits;
      const table = index * 32 + 31 - Math.clz32(bit);
      // Claimed before its stamp is read: between a look at the stamp and the claim, another allocator may have handed the
      // table out, and it may have been retired again, with a younger stamp.
      if (!m.testAndClear(vm.retiredTables + index, bit)) continue;
      const stamp = m.load(infoWord(vm, table, INFO_STAMP));
      if (vm.rules.recyclesAfterGracePeriod && !rcuElapsed(m, vm.rcu, stamp)) {
        m.setBits(vm.retiredTables + index, bit);
        continue;
      }
      m.note(GhostEvent.tableRecycled, -1, vm.tablesBefore + table);
      m.add(vm.retiredCount, -1);
      m.setBits(vm.freeTables + index, bit);
    }
  }
}
