import type { Memory, Word } from '../shared/memory.ts';
import { mustUpdateAtomically } from './spte-state.ts';
import type { Vm } from './vm.ts';

/**
 * kvm_tdp_mmu_write_spte, of a present leaf, under `mmu_lock` for write: only the hardware, a fast page fault and lockless
 * aging change it meanwhile. Where a bit that they may change matters, the write is an exchange.
 *
 * @param spte the leaf as it was read
 * @returns the leaf as it was when it was written
 */
export function tdpMmuWriteSpte(m: Memory, vm: Vm, word: Word, spte: number, next: number): number {
  if (mustUpdateAtomically(vm, spte)) return m.exchange(word, next);
  m.store(word, next);
  return spte;
}
