import { rcuReadLock, rcuReadUnlock } from '../locks/rcu.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { backingOf, isShadowPresent, WRITABLE } from '../shared/spte.ts';
import { nextRoot } from './roots.ts';
import { endOfEntry, entryWord } from './tables.ts';
import type { Vm } from './vm.ts';

/**
 * tdp_mmu_zap_leafs, for kvm_tdp_mmu_unmap_gfn_range: makes every leaf of [gfnStart, gfnEnd) nonpresent, in all roots.
 * Invalid roots as well: a vCPU may not have left them, and their entries reach the pages that the host takes back.
 * The caller holds `mmu_lock` for write and flushes before it lets go of it. (The kernel may yield the lock on long
 * ranges; this does not.)
 *
 * @returns whether anything was zapped
 */
export function tdpMmuZapLeafs(
  m: Memory,
  vm: Vm,
  thread: number,
  gfnStart: number,
  gfnEnd: number,
  pageOffset: number,
): boolean {
  let zapped = false;
  rcuReadLock(m, vm.rcu, thread);
  for (let root = m.load(vm.firstRoot); root !== 0; root = nextRoot(m, vm, root)) {
    if (zapTable(m, vm, root, vm.levels, gfnStart, gfnEnd, pageOffset)) zapped = true;
  }
  rcuReadUnlock(m, vm.rcu, thread);
  return zapped;
}

function zapTable(
  m: Memory,
  vm: Vm,
  table: number,
  level: number,
  gfnStart: number,
  gfnEnd: number,
  pageOffset: number,
): boolean {
  let zapped = false;
  let gfn = gfnStart;
  while (gfn < gfnEnd) {
    const end = Math.min(gfnEnd, endOfEntry(vm, level, gfn));
    const word = entryWord(vm, table, level, gfn);
    const spte = m.load(word);
    if (isShadowPresent(spte)) {
      if (level === 1) {
        zapLeaf(m, vm, word, spte, gfn + pageOffset);
        zapped = true;
      } else if (zapTable(m, vm, backingOf(spte), level - 1, gfn, end, pageOffset)) {
        zapped = true;
      }
    }
    gfn = end;
  }
  return zapped;
}

/**
 * kvm_tdp_mmu_write_spte. Under `mmu_lock` for write only the hardware and lockless aging change the entry meanwhile;
 * where a bit that they may change matters, the write is an exchange.
 */
function zapLeaf(m: Memory, vm: Vm, word: Word, spte: number, page: number): void {
  m.note(GhostEvent.zapBegin, page, 0);
  if (mustUpdateAtomically(vm, spte)) {
    m.note(GhostEvent.zapEnd, page, m.exchange(word, vm.rules.nonpresentSpte));
  } else {
    m.store(word, vm.rules.nonpresentSpte);
    m.note(GhostEvent.zapEnd, page, spte);
  }
}

/** spte_has_volatile_bits, or spte_needs_atomic_update since 6.15, of a present leaf on a machine with A/D bits. */
function mustUpdateAtomically(vm: Vm, spte: number): boolean {
  const { mmuWritable, dirty, accessed } = vm.spte;
  const writable = (spte & WRITABLE) !== 0;
  if (!writable && (spte & mmuWritable) !== 0) return true;
  if (writable && (spte & dirty) === 0) return true;
  return vm.rules.atomicUpdate === 'spte_has_volatile_bits' && (spte & accessed) === 0;
}
