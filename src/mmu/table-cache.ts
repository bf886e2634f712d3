import type { Memory } from '../shared/memory.ts';
import { allocTable } from './tables.ts';
import type { Vm } from './vm.ts';

/**
 * mmu_topup_memory_caches: fetches tables before `mmu_lock` is taken, up to `count` of them, by default one for each level
 * below the root. False if the pool is empty.
 */
export function topUpTableCache(m: Memory, vm: Vm, vcpu: number, count = vm.levels - 1): boolean {
  const cache = vm.tableCache + vcpu * vm.levels;
  for (let i = 0; i < count; i++) {
    if (m.loadOwn(cache + i) !== 0) continue;
    const table = allocTable(m, vm, vcpu);
    if (table === 0) return false;
    m.storeOwn(cache + i, table);
  }
  return true;
}

/** kvm_mmu_memory_cache_alloc: an empty table. */
export function takeCachedTable(m: Memory, vm: Vm, vcpu: number): number {
  const cache = vm.tableCache + vcpu * vm.levels;
  let i = 0;
  while (m.loadOwn(cache + i) === 0) i++;
  const table = m.loadOwn(cache + i);
  m.storeOwn(cache + i, 0);
  return table;
}

/** Puts back a table that was never linked. */
export function returnCachedTable(m: Memory, vm: Vm, vcpu: number, table: number): void {
  const cache = vm.tableCache + vcpu * vm.levels;
  let i = 0;
  while (m.loadOwn(cache + i) !== 0) i++;
  m.storeOwn(cache + i, table);
}
