import { isRootInvalid, nextRoot } from '../../../src/mmu/roots.ts';
import { usesTdpMmu } from '../../../src/mmu/shadow-pages.ts';
import { infoWord, pagesOfLevel } from '../../../src/mmu/tables.ts';
import {
  INFO_GFN,
  INFO_LEVEL,
  INFO_NEXT,
  SLOT_FLAGS,
  SLOT_GFN,
  SLOT_LOGS_DIRTY,
  SLOT_PAGE,
  SLOT_PAGES,
  SLOT_WORDS,
  type Vm,
} from '../../../src/mmu/vm.ts';
import type { Memory, Word } from '../../../src/shared/memory.ts';
import { backingOf, isLeaf, isShadowPresent } from '../../../src/shared/spte.ts';

/** A present entry of a page table. */
export interface Entry {
  readonly word: Word;
  readonly level: number;
  /** The first frame that it translates. */
  readonly gfn: number;
  readonly spte: number;
}

export interface Slot {
  readonly slot: number;
  readonly gfn: number;
  readonly page: number;
  readonly pages: number;
  readonly logsDirty: boolean;
}

/** The slots that there are now. */
export function slotsOf(m: Memory, vm: Vm): Slot[] {
  const set = vm.machine.memslotsChange ? m.load(vm.activeMemslots) : 0;
  return Array.from({ length: vm.slotCount }, (_, slot) => {
    const word = vm.memslots + (set * vm.slotCount + slot) * SLOT_WORDS;
    return {
      slot,
      gfn: m.load(word + SLOT_GFN),
      page: m.load(word + SLOT_PAGE),
      pages: m.load(word + SLOT_PAGES),
      logsDirty: (m.load(word + SLOT_FLAGS) & SLOT_LOGS_DIRTY) !== 0,
    };
  }).filter(({ pages }) => pages > 0);
}

/** The present entries of one table. */
export function entriesOf(m: Memory, vm: Vm, table: number): Entry[] {
  const level = m.load(infoWord(vm, table, INFO_LEVEL));
  const first = m.load(infoWord(vm, table, INFO_GFN));
  return Array.from({ length: vm.entries }, (_, index) => {
    const word = vm.tables + table * vm.entries + index;
    return { word, level, gfn: first + index * pagesOfLevel(vm, level), spte: m.load(word) };
  }).filter(({ spte }) => isShadowPresent(spte));
}

/** The list of active shadow pages. */
export function activeShadowPages(m: Memory, vm: Vm): number[] {
  const pages: number[] = [];
  if (!vm.hasShadowMmu) return pages;
  for (let sp = m.load(vm.activeMmuPages); sp !== 0; sp = m.load(infoWord(vm, sp, INFO_NEXT))) {
    if (pages.includes(sp)) throw new Error(`the list of shadow pages comes back to ${sp}`);
    pages.push(sp);
  }
  return pages;
}

export const isLeafEntry = ({ spte, level }: Entry): boolean => isLeaf(spte, level);

/** Leaves of both MMUs by which guests reach memory now. */
export function leavesOf(m: Memory, vm: Vm): Entry[] {
  const leaves = activeShadowPages(m, vm).flatMap((sp) => entriesOf(m, vm, sp).filter(isLeafEntry));
  const below = (table: number): void => {
    for (const entry of entriesOf(m, vm, table)) {
      if (isLeafEntry(entry)) leaves.push(entry);
      else below(backingOf(entry.spte));
    }
  };
  if (!usesTdpMmu(vm)) return leaves;
  for (let root = m.load(vm.firstRoot); root !== 0; root = nextRoot(m, vm, root)) {
    if (!isRootInvalid(m, vm, root)) below(root);
  }
  return leaves;
}
