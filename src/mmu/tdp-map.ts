import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { backingOf, isFrozen, isLargeLeaf, isLeaf, isShadowPresent, makeNonleafSpte } from '../shared/spte.ts';
import { markPageDirtyInSlot } from './dirty-bitmap.ts';
import { RET_PF_FIXED, RET_PF_RETRY, RET_PF_SPURIOUS } from './fault-outcome.ts';
import { isMapWritable } from './gup.ts';
import { hostVersionOf } from './host-page-table.ts';
import { leafChanged, notePrefaultRewrote } from './leaf-changed.ts';
import { pageOfGfn } from './memslots.ts';
import { splitHugePage } from './split-huge.ts';
import { isAccessAllowed, isWritable, makeLeafSpte } from './spte-state.ts';
import { returnCachedTable, takeCachedTable } from './table-cache.ts';
import { entryWord, infoWord, initTable, pagesOfLevel } from './tables.ts';
import { flushRemoteTlbs } from './vcpu-state.ts';
import { INFO_ROLE, type Vm } from './vm.ts';
import { removeTable, zapSpteAtomic } from './zap-root.ts';

/**
 * kvm_tdp_mmu_map: links tables and the leaf for `gfn` by compare-exchange. The caller holds `mmu_lock` for read and is
 * in an RCU section.
 *
 * @param target the level of the leaf
 * @param entry the host's entry for the page
 */
export function tdpMmuMap(
  m: Memory,
  vm: Vm,
  vcpu: number,
  slot: number,
  root: number,
  gfn: number,
  target: number,
  entry: number,
  write: boolean,
  prefetch: boolean,
): number {
  let table = root;
  for (let level = vm.levels; level > target; level--) {
    const word = entryWord(vm, table, level, gfn);
    let spte = m.load(word);
    if (isFrozen(spte)) return RET_PF_RETRY;
    if (isShadowPresent(spte) && isLargeLeaf(spte) && vm.rules.faultBelowHugeLeaf === 'zap') {
      const first = gfn & ~(pagesOfLevel(vm, level) - 1);
      if (!zapSpteAtomic(m, vm, word, spte, level, pageOfGfn(m, vm, slot, first))) return RET_PF_RETRY;
      spte = vm.rules.nonpresentSpte;
    }
    if (isShadowPresent(spte) && !isLargeLeaf(spte)) {
      table = backingOf(spte);
      continue;
    }
    const child = takeCachedTable(m, vm, vcpu);
    initTable(m, vm, child, level - 1, gfn, m.load(infoWord(vm, root, INFO_ROLE)));
    // tdp_mmu_link_sp: two vCPUs may link at once; the one that comes second walks the first one's table.
    const linked = isShadowPresent(spte)
      ? splitHugePage(m, vm, word, spte, level, child, pageOfGfn(m, vm, slot, gfn & ~(pagesOfLevel(vm, level) - 1)))
      : m.tryReplace(word, spte, makeNonleafSpte(vm.spte, child, vm.machine.adBits));
    if (!linked) {
      returnCachedTable(m, vm, vcpu, child);
      return RET_PF_RETRY;
    }
    table = child;
  }
  return mapTargetLevel(m, vm, slot, entryWord(vm, table, target, gfn), target, gfn, entry, write, prefetch);
}

/** tdp_mmu_map_handle_target_level. */
function mapTargetLevel(
  m: Memory,
  vm: Vm,
  slot: number,
  word: Word,
  level: number,
  gfn: number,
  entry: number,
  write: boolean,
  prefetch: boolean,
): number {
  const old = m.load(word);
  if (isFrozen(old)) return RET_PF_RETRY;
  const oldIsLeaf = isShadowPresent(old) && isLeaf(old, level);
  const suffices = oldIsLeaf && (prefetch || isAccessAllowed(vm, old, write));
  if (suffices && vm.rules.faultKeepsPresentLeaf) return RET_PF_SPURIOUS;
  const version = hostVersionOf(entry);
  const spte = makeLeafSpte(vm, level, false, old, version, prefetch, isMapWritable(vm, entry, write));
  // make_spte logs what it makes writable, before anybody can write through it.
  if (isWritable(spte)) markPageDirtyInSlot(m, vm, slot, gfn);
  if (spte === old) return RET_PF_SPURIOUS;
  // Looked up before, so that observers hear of it in the very step that makes the leaf writable.
  const page = pageOfGfn(m, vm, slot, gfn);
  const cuts = isShadowPresent(old) && !oldIsLeaf;
  if (cuts) m.note(GhostEvent.teardownBegin, -1, 0);
  // Not a store: another vCPU may have mapped the page since the load, and its Accessed and Dirty would be lost.
  if (!m.tryReplace(word, old, spte)) {
    if (cuts) m.note(GhostEvent.teardownEnd, -1, 0);
    return RET_PF_RETRY;
  }
  if (isWritable(spte)) m.note(GhostEvent.madeWritable, page, spte);
  if (!isShadowPresent(old)) return RET_PF_FIXED;
  if (oldIsLeaf) {
    const first = pageOfGfn(m, vm, slot, gfn & ~(pagesOfLevel(vm, level) - 1));
    if (prefetch) notePrefaultRewrote(m, vm, level, first, old, spte);
    leafChanged(m, vm, first, old, spte);
    return RET_PF_FIXED;
  }
  // A table gave way to a 2M leaf: handle_removed_pt, and no TLB may go on with what it mapped.
  removeTable(m, vm, backingOf(old), level - 1);
  flushRemoteTlbs(m, vm);
  m.note(GhostEvent.teardownEnd, -1, 0);
  return RET_PF_FIXED;
}
