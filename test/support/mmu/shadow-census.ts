import { dirtyBitmapWord } from '../../../src/mmu/dirty-bitmap.ts';
import { lookUpHostPage } from '../../../src/mmu/host-page-state.ts';
import { HOST_PRESENT, HOST_WRITABLE, hostVersionOf } from '../../../src/mmu/host-page-table.ts';
import { infoWord, pagesOfLevel } from '../../../src/mmu/tables.ts';
import { GUEST_MODES, INFO_INVALID, INFO_PARENTS, INFO_ROLE, ROLE_DIRECT, type Vm } from '../../../src/mmu/vm.ts';
import type { Memory, Word } from '../../../src/shared/memory.ts';
import { backingOf, WRITABLE } from '../../../src/shared/spte.ts';
import { activeShadowPages, type Entry, entriesOf, isLeafEntry, type Slot, slotsOf } from './leaves.ts';
import type { SequentialVm } from './sequential-vm.ts';
import { descriptorFaults, readSpteList } from './spte-lists.ts';
import { takeTableCensus } from './table-census.ts';

/** What is wrong with the shadow MMU while nothing runs: a sentence each. */
export function shadowFaults(sequential: SequentialVm): string[] {
  const { m, vm } = sequential;
  const slots = slotsOf(m, vm);
  const active = activeShadowPages(m, vm);
  const entries = active.flatMap((sp) => entriesOf(m, vm, sp));
  const leaves = entries.filter(isLeafEntry);
  const rmaps = listFaults(m, vm, expectedRmaps(vm, slots, leaves));
  const parents = listFaults(m, vm, expectedParents(vm, active, entries));
  return [
    ...rmaps.faults,
    ...parents.faults,
    ...descriptorFaults(m, vm, [...rmaps.descriptors, ...parents.descriptors]),
    ...leaves.flatMap((leaf) => leafFaults(m, vm, slots, leaf)),
    ...countFaults(m, vm, active),
    ...tableFaults(sequential, active),
  ];
}

function slotWith(slots: readonly Slot[], gfn: number): Slot | undefined {
  return slots.find((slot) => gfn >= slot.gfn && gfn < slot.gfn + slot.pages);
}

/** By the word of its head, what each rmap should have in it: nothing, most of them. */
function expectedRmaps(vm: Vm, slots: readonly Slot[], leaves: readonly Entry[]): Map<Word, Word[]> {
  const lists = new Map<Word, Word[]>();
  for (let i = 0; i < vm.slotCount * vm.rmapsPerSlot; i++) lists.set(vm.rmaps + i, []);
  for (const { gfn, level, word } of leaves) {
    const slot = slotWith(slots, gfn);
    if (slot === undefined) continue;
    const heads = vm.rmaps + slot.slot * vm.rmapsPerSlot;
    const huge = Math.floor(gfn / pagesOfLevel(vm, level)) - Math.floor(slot.gfn / pagesOfLevel(vm, level));
    lists.get(level === 1 ? heads + gfn - slot.gfn : heads + vm.slotPages + huge)?.push(word);
  }
  return lists;
}

/** By the word of its head, what the parent_ptes of each shadow page should have in it. */
function expectedParents(vm: Vm, active: readonly number[], entries: readonly Entry[]): Map<Word, Word[]> {
  const head = (sp: number): Word => infoWord(vm, sp, INFO_PARENTS);
  const lists = new Map<Word, Word[]>(active.map((sp) => [head(sp), []]));
  for (const entry of entries) if (!isLeafEntry(entry)) lists.get(head(backingOf(entry.spte)))?.push(entry.word);
  return lists;
}

function listFaults(m: Memory, vm: Vm, expected: ReadonlyMap<Word, readonly Word[]>) {
  const faults: string[] = [];
  const descriptors: number[] = [];
  for (const [head, words] of expected) {
    const list = readSpteList(m, vm, head);
    descriptors.push(...list.descriptors);
    for (const fault of list.faults) faults.push(`list ${head} ${fault}`);
    const has = [...list.sptes].sort((a, b) => a - b);
    const should = [...words].sort((a, b) => a - b);
    if (String(has) !== String(should)) faults.push(`list ${head} has [${has}] and should have [${should}]`);
  }
  return { faults, descriptors };
}

/** A leaf maps what its slot's host page is now, and no write goes by unnoticed. */
function leafFaults(m: Memory, vm: Vm, slots: readonly Slot[], { gfn, level, spte }: Entry): string[] {
  const slot = slotWith(slots, gfn);
  if (slot === undefined) return [`frame ${gfn} is mapped without a slot`];
  const entry = lookUpHostPage(m, vm, slot.page + gfn - slot.gfn);
  const faults: string[] = [];
  if ((entry & HOST_PRESENT) === 0 || hostVersionOf(entry) !== backingOf(spte)) {
    faults.push(`frame ${gfn} is mapped to what the host has taken back`);
  }
  if ((spte & WRITABLE) === 0) return faults;
  if ((entry & HOST_WRITABLE) === 0) faults.push(`frame ${gfn} is writable, and its host page is not`);
  if (!slot.logsDirty) return faults;
  const index = gfn - slot.gfn;
  const logged = m.testBits(dirtyBitmapWord(vm, slot.slot, index >>> 5), 1 << (index & 31));
  if (level > 1 || !logged) faults.push(`frame ${gfn} is writable, but not in the dirty log`);
  return faults;
}

function countFaults(m: Memory, vm: Vm, active: readonly number[]): string[] {
  const indirect = active.filter((sp) => (m.load(infoWord(vm, sp, INFO_ROLE)) & ROLE_DIRECT) === 0).length;
  const counted = m.load(vm.indirectShadowPages);
  return counted === indirect ? [] : [`${indirect} indirect shadow pages are counted as ${counted}`];
}

/** Each table of the pool is in one place, and a root that vCPUs still have to leave maps nothing. */
function tableFaults(sequential: SequentialVm, active: readonly number[]): string[] {
  const { m, vm } = sequential;
  const { free, retired, cached, reachable } = takeTableCensus(sequential);
  const held = new Set(Array.from({ length: vm.vcpus * GUEST_MODES }, (_, i) => m.loadOwn(vm.vcpuRoots + i)));
  const obsolete = [...held].filter(
    (root) => root !== 0 && m.load(infoWord(vm, root, INFO_INVALID)) !== 0 && !reachable.includes(root),
  );
  const places = [...free, ...retired, ...cached, ...reachable, ...active, ...obsolete].sort((a, b) => a - b);
  const all = Array.from({ length: vm.tableCount }, (_, i) => i + 1);
  const faults = obsolete
    .filter((root) => entriesOf(m, vm, root).length > 0)
    .map((root) => `root ${root} is obsolete and maps something`);
  if (String(places) !== String(all)) {
    faults.push(
      `tables are not each in one place: free ${free}, retired ${retired}, cached ${cached}, ` +
        `TDP ${reachable}, shadow ${active}, obsolete ${obsolete}`,
    );
  }
  return faults;
}
