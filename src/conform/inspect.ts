import { isAccessed } from '../mmu/spte-state.ts';
import {
  INFO_GFN,
  INFO_INVALID,
  INFO_LEVEL,
  INFO_NEXT,
  INFO_ROLE,
  ROLE_GUEST_MODE,
  ROLE_SMM,
  SLOT_GFN,
  SLOT_PAGE,
  SLOT_PAGES,
  SLOT_WORDS,
  TABLE_INFO_WORDS,
  type Vm,
} from '../mmu/vm.ts';
import { type GfnRanges, toGfnRanges } from '../scenario/gfn-ranges.ts';
import { backingOf, isLeaf, isShadowPresent, spteText } from '../shared/spte.ts';

/** Looks at a VM's words while nothing runs, as the recorder's helper module looked at the kernel's. */
export class Inspector {
  readonly #words: Int32Array;
  readonly #vm: Vm;

  constructor(words: Int32Array, vm: Vm) {
    this.#words = words;
    this.#vm = vm;
  }

  /**
   * The text of the SPTE by which L1, or L2, reaches `gfn`; `-` if there is none. The recorder looked at L1's through the
   * root of vCPU 0, which after a zap of everything stays the old, empty one until vCPU 0 runs again.
   */
  spteText(gfn: number, l2 = false): string {
    const vm = this.#vm;
    let table = l2 ? this.#shadowRoot(ROLE_GUEST_MODE) : this.#word(vm.vcpuRoots);
    if (table === 0) return '-';
    for (let level = vm.levels; ; level--) {
      const index = (gfn >>> (vm.entryBits * (level - 1))) & (vm.entries - 1);
      const spte = this.#word(vm.tables + table * vm.entries + index);
      if (!isShadowPresent(spte)) return '-';
      if (isLeaf(spte, level)) return spteText(vm.spte, spte, level);
      table = backingOf(spte);
    }
  }

  /** Which host pages some SPTE of either MMU says were accessed. */
  youngPages(): Uint8Array {
    const vm = this.#vm;
    const young = new Uint8Array(vm.pages);
    for (let root = this.#word(vm.firstRoot); root !== 0; root = this.#info(root, INFO_NEXT)) {
      if (this.#info(root, INFO_INVALID) === 0) this.#markYoungBelow(young, root, vm.levels);
    }
    if (!vm.hasShadowMmu) return young;
    for (let sp = this.#word(vm.activeMmuPages); sp !== 0; sp = this.#info(sp, INFO_NEXT)) {
      const level = this.#info(sp, INFO_LEVEL);
      if (level <= 2) this.#markYoungLeaves(young, sp, level);
    }
    return young;
  }

  /** The gfns, of all slots, whose host page is marked. */
  gfnsOf(pages: Uint8Array): GfnRanges {
    const gfns: number[] = [];
    for (const { gfn, page, count } of this.#slots()) {
      for (let i = 0; i < count; i++) if (pages[page + i] === 1) gfns.push(gfn + i);
    }
    return toGfnRanges(gfns);
  }

  /** The host page of a gfn, -1 if no slot has it. */
  pageOf(gfn: number): number {
    for (const slot of this.#slots()) {
      if (gfn >= slot.gfn && gfn < slot.gfn + slot.count) return slot.page + gfn - slot.gfn;
    }
    return -1;
  }

  *#slots(): Generator<{ gfn: number; page: number; count: number }> {
    const vm = this.#vm;
    const first = vm.memslots + this.#word(vm.activeMemslots) * vm.slotCount * SLOT_WORDS;
    for (let slot = 0; slot < vm.slotCount; slot++) {
      const word = first + slot * SLOT_WORDS;
      yield {
        gfn: this.#word(word + SLOT_GFN),
        page: this.#word(word + SLOT_PAGE),
        count: this.#word(word + SLOT_PAGES),
      };
    }
  }

  #shadowRoot(guestMode: number): number {
    const vm = this.#vm;
    let sp = this.#word(vm.activeMmuPages);
    while (sp !== 0) {
      const role = this.#info(sp, INFO_ROLE) & (ROLE_GUEST_MODE | ROLE_SMM);
      if (this.#info(sp, INFO_LEVEL) === vm.levels && role === guestMode) break;
      sp = this.#info(sp, INFO_NEXT);
    }
    return sp;
  }

  #markYoungBelow(young: Uint8Array, table: number, level: number): void {
    const vm = this.#vm;
    if (level <= 2) this.#markYoungLeaves(young, table, level);
    if (level === 1) return;
    for (let index = 0; index < vm.entries; index++) {
      const spte = this.#word(vm.tables + table * vm.entries + index);
      if (isShadowPresent(spte) && !isLeaf(spte, level)) this.#markYoungBelow(young, backingOf(spte), level - 1);
    }
  }

  #markYoungLeaves(young: Uint8Array, table: number, level: number): void {
    const vm = this.#vm;
    const pages = level === 1 ? 1 : vm.entries;
    for (let index = 0; index < vm.entries; index++) {
      const spte = this.#word(vm.tables + table * vm.entries + index);
      if (!isShadowPresent(spte) || !isLeaf(spte, level) || !isAccessed(vm, spte)) continue;
      const page = this.pageOf(this.#info(table, INFO_GFN) + index * pages);
      if (page >= 0) young.fill(1, page, page + pages);
    }
  }

  #word(word: number): number {
    return this.#words[word] as number;
  }

  #info(table: number, field: number): number {
    return this.#word(this.#vm.tableInfo + table * TABLE_INFO_WORDS + field);
  }
}
