import { writeLock, writeUnlock } from '../locks/mmu-lock.ts';
import { rcuReadLock, rcuReadUnlock } from '../locks/rcu.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { backingOf, isLeaf, isShadowPresent, PAGE_SIZE_BIT } from '../shared/spte.ts';
import { lockForTdpBulk, unlockForTdpBulk } from './bulk-lock.ts';
import { lookUpHostPage } from './host-page-state.ts';
import { HOST_HUGE } from './host-page-table.ts';
import { slotAllowsHugePage } from './mapping-level.ts';
import { pageOfGfn, slotAddressSpace, slotGfn, slotPages, tableAddressSpace } from './memslots.ts';
import { rmapHead, spteOfList } from './rmap.ts';
import { isRootInvalid, nextRoot } from './roots.ts';
import { haveRmaps, usesTdpMmu } from './shadow-pages.ts';
import { dropSpte } from './shadow-spte.ts';
import { endOfEntry, entryWord, infoWord, pagesOfLevel, tableOfEntry } from './tables.ts';
import { flushRemoteTlbs } from './vcpu-state.ts';
import { INFO_ROLE, ROLE_DIRECT, type Vm } from './vm.ts';
import { removeTable, zapSpteAtomic } from './zap-root.ts';

/**
 * kvm_mmu_recover_huge_pages, kvm_mmu_zap_collapsible_sptes before 6.13: when a slot's logging ends, what could be mapped
 * by 2M leaves again is made so, or zapped so that faults make it so.
 */
export function recoverHugePages(m: Memory, vm: Vm, thread: number, slot: number): void {
  if (!vm.machine.hugePages) return;
  if (haveRmaps(m, vm)) {
    writeLock(m, vm.mmuLock, thread);
    zapCollapsibleRmaps(m, vm, slot);
    writeUnlock(m, vm.mmuLock);
  }
  if (!usesTdpMmu(vm)) return;
  lockForTdpBulk(m, vm, thread);
  recoverTdpHugePages(m, vm, thread, slot);
  unlockForTdpBulk(m, vm);
}

/** kvm_mmu_max_mapping_level: whether slot and host would allow a 2M leaf for the page that contains `gfn`. */
function couldBeHuge(m: Memory, vm: Vm, slot: number, gfn: number): boolean {
  if (!slotAllowsHugePage(m, vm, slot, gfn)) return false;
  return (lookUpHostPage(m, vm, pageOfGfn(m, vm, slot, gfn)) & HOST_HUGE) !== 0;
}

/** kvm_mmu_zap_collapsible_spte over a slot: 4K leaves of the shadow MMU, except where a guest's table has 4K entries. */
function zapCollapsibleRmaps(m: Memory, vm: Vm, slot: number): void {
  const start = slotGfn(m, vm, slot);
  const end = start + slotPages(m, vm, slot);
  let zapped = false;
  for (let gfn = start; gfn < end; gfn++) {
    const head = rmapHead(m, vm, slot, 1, gfn);
    for (let i = 0, sptep = sptepAt(m, vm, head, 0); sptep !== 0; sptep = sptepAt(m, vm, head, i)) {
      const direct = (m.load(infoWord(vm, tableOfEntry(vm, sptep), INFO_ROLE)) & ROLE_DIRECT) !== 0;
      if (direct && couldBeHuge(m, vm, slot, gfn)) {
        // The list has changed: begin again.
        dropSpte(m, vm, sptep);
        zapped = true;
        i = 0;
      } else {
        i++;
      }
    }
  }
  if (zapped) flushRemoteTlbs(m, vm);
}

function sptepAt(m: Memory, vm: Vm, head: Word, index: number): Word {
  const value = m.load(head);
  return value === 0 ? 0 : spteOfList(m, vm, value, index);
}

/** kvm_tdp_mmu_recover_huge_pages. The caller holds `mmu_lock` for read. */
function recoverTdpHugePages(m: Memory, vm: Vm, thread: number, slot: number): void {
  const addressSpace = slotAddressSpace(m, vm, slot);
  const start = slotGfn(m, vm, slot);
  const end = start + slotPages(m, vm, slot);
  let flush = false;
  rcuReadLock(m, vm.rcu, thread);
  for (let root = m.load(vm.firstRoot); root !== 0; root = nextRoot(m, vm, root)) {
    if (isRootInvalid(m, vm, root) || tableAddressSpace(m, vm, root) !== addressSpace) continue;
    if (recoverBelow(m, vm, slot, root, vm.levels, start, end)) flush = true;
  }
  // Inside the section, which keeps the removed tables from being handed out while vCPUs still walk them.
  if (flush) flushRemoteTlbs(m, vm);
  rcuReadUnlock(m, vm.rcu, thread);
}

/** recover_huge_pages_range, zap_collapsible_spte_range: whether a flush is left to do. */
function recoverBelow(
  m: Memory,
  vm: Vm,
  slot: number,
  table: number,
  level: number,
  gfnStart: number,
  gfnEnd: number,
): boolean {
  let flush = false;
  let gfn = gfnStart;
  while (gfn < gfnEnd) {
    const end = Math.min(gfnEnd, endOfEntry(vm, level, gfn));
    const word = entryWord(vm, table, level, gfn);
    const spte = m.load(word);
    if (isShadowPresent(spte) && !isLeaf(spte, level)) {
      if (level > 2) {
        if (recoverBelow(m, vm, slot, backingOf(spte), level - 1, gfn, end)) flush = true;
      } else if (recoverTable(m, vm, slot, word, gfn)) {
        flush = true;
      }
    }
    gfn = end;
  }
  return flush;
}

/** One table of 4K leaves; whether it was collapsed, which leaves a flush to do. */
function recoverTable(m: Memory, vm: Vm, slot: number, word: Word, gfn: number): boolean {
  const first = gfn & ~(pagesOfLevel(vm, 2) - 1);
  if (first !== gfn || !couldBeHuge(m, vm, slot, gfn)) return false;
  // Looked up before, so that observers hear of it in the very step that makes the 2M leaf.
  const page = pageOfGfn(m, vm, slot, gfn);
  for (;;) {
    const spte = m.load(word);
    if (!isShadowPresent(spte) || isLeaf(spte, 2)) return false;
    if (vm.rules.loggingEnds === 'zap') {
      if (zapSpteAtomic(m, vm, word, spte, 2, -1)) return false;
      continue;
    }
    // tdp_mmu_make_huge_spte: the first 4K leaf that there is stands for all of them.
    const small = firstLeaf(m, vm, backingOf(spte));
    if (small === 0) return false;
    if (!m.tryReplace(word, spte, small | PAGE_SIZE_BIT)) continue;
    m.note(GhostEvent.leafCollapsed, page, small | PAGE_SIZE_BIT);
    removeTable(m, vm, backingOf(spte), 1);
    return true;
  }
}

function firstLeaf(m: Memory, vm: Vm, table: number): number {
  const words = vm.tables + table * vm.entries;
  for (let index = 0; index < vm.entries; index++) {
    const spte = m.load(words + index);
    if (isShadowPresent(spte)) return spte;
  }
  return 0;
}
