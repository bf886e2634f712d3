import { isRootInvalid, nextRoot } from '../../../src/mmu/roots.ts';
import { backingOf, isLeaf, isShadowPresent } from '../../../src/shared/spte.ts';
import type { SequentialVm } from './sequential-vm.ts';

export interface TableCensus {
  readonly free: readonly number[];
  readonly retired: readonly number[];
  readonly cached: readonly number[];
  /** Roots in the list, and the tables below them. */
  readonly reachable: readonly number[];
  readonly validRoots: readonly number[];
}

/** Where each table of the pool is. */
export function takeTableCensus({ m, vm }: SequentialVm): TableCensus {
  const inBitmap = (words: number): number[] =>
    Array.from({ length: vm.tableBitmapWords * 32 }, (_, id) => id).filter((id) =>
      m.testBits(words + (id >>> 5), 1 << (id & 31)),
    );
  const reachable: number[] = [];
  const below = (table: number, level: number): void => {
    reachable.push(table);
    if (level === 1) return;
    for (let i = 0; i < vm.entries; i++) {
      const spte = m.load(vm.tables + table * vm.entries + i);
      if (isShadowPresent(spte) && !isLeaf(spte, level)) below(backingOf(spte), level - 1);
    }
  };
  const validRoots: number[] = [];
  for (let root = m.load(vm.firstRoot); root !== 0; root = nextRoot(m, vm, root)) {
    if (!isRootInvalid(m, vm, root)) validRoots.push(root);
    below(root, vm.levels);
  }
  const cached = Array.from({ length: vm.vcpus * vm.levels }, (_, i) => m.loadOwn(vm.tableCache + i));
  return {
    free: inBitmap(vm.freeTables),
    retired: inBitmap(vm.retiredTables),
    cached: cached.filter((table) => table !== 0),
    reachable,
    validRoots,
  };
}
