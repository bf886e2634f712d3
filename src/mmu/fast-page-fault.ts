import { rcuReadLock, rcuReadUnlock } from '../locks/rcu.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { backingOf, isAccessTracked, isLargeLeaf, isLeaf, isShadowPresent, WRITABLE } from '../shared/spte.ts';
import { markPageDirtyInSlot } from './dirty-bitmap.ts';
import { RET_PF_FAST_FIXED, RET_PF_INVALID, RET_PF_SPURIOUS } from './fault-outcome.ts';
import { pageOfGfn, slotLogsDirty } from './memslots.ts';
import { isAccessAllowed, isMmuWritable, isWritable, restoreForAccess } from './spte-state.ts';
import { entryWord, infoWord, tableOfEntry } from './tables.ts';
import { INFO_LEVEL, type Vm } from './vm.ts';

/** The kernel gives up after its fifth try. */
const TRIES = 5;

/**
 * fast_page_fault: gives a leaf back, without `mmu_lock`, what only dirty logging or access tracking took from it. A
 * failed attempt means that somebody else changed the leaf; it is looked at again.
 *
 * The walk is under RCU in both MMUs; the kernel's shadow MMU has interrupts off instead, which a flush waits for.
 */
export function fastPageFault(
  m: Memory,
  vm: Vm,
  vcpu: number,
  slot: number,
  root: number,
  gfn: number,
  write: boolean,
  present: boolean,
): number {
  // page_fault_can_be_fast: what the walk found absent may be access-tracked, and what it found present lacks W.
  if (vm.machine.adBits && !(present && write)) return RET_PF_INVALID;
  rcuReadLock(m, vm.rcu, vcpu);
  let outcome = RET_PF_INVALID;
  for (let tries = 0; tries < TRIES && outcome === RET_PF_INVALID; tries++) {
    const sptep = lastSptep(m, vm, root, gfn);
    const spte = m.load(sptep);
    const level = m.load(infoWord(vm, tableOfEntry(vm, sptep), INFO_LEVEL));
    if (!isShadowPresent(spte) || !isLeaf(spte, level)) break;
    if (isAccessAllowed(vm, spte, write)) {
      outcome = RET_PF_SPURIOUS;
      break;
    }
    let next = spte;
    if (isAccessTracked(vm.spte, spte)) next = restoreForAccess(vm, next);
    if (write && isMmuWritable(vm, spte)) {
      next |= WRITABLE;
      // A 2M leaf must not become writable under logging: it could not tell which page was written.
      if (level > 1 && slotLogsDirty(m, vm, slot)) break;
    }
    if (next === spte || !isAccessAllowed(vm, next, write)) break;
    // Looked up before, so that observers hear of it in the very step that makes the leaf writable.
    const page = pageOfGfn(m, vm, slot, gfn);
    // Not a store: the leaf may be zapped or aged meanwhile, and a store would bring it back.
    if (!m.tryReplace(sptep, spte, next)) continue;
    if (isWritable(next) && !isWritable(spte)) {
      m.note(GhostEvent.madeWritable, page, next);
      markPageDirtyInSlot(m, vm, slot, gfn);
    }
    outcome = RET_PF_FAST_FIXED;
  }
  rcuReadUnlock(m, vm.rcu, vcpu);
  return outcome;
}

/** fast_pf_get_last_sptep: the entry at which a walk for `gfn` ends, be it a leaf or absent. */
function lastSptep(m: Memory, vm: Vm, root: number, gfn: number): Word {
  let table = root;
  for (let level = vm.levels; ; level--) {
    const sptep = entryWord(vm, table, level, gfn);
    if (level === 1) return sptep;
    const spte = m.load(sptep);
    if (!isShadowPresent(spte) || isLargeLeaf(spte)) return sptep;
    table = backingOf(spte);
  }
}
