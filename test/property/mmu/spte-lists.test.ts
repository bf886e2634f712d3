import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RMAP_LOCKED } from '../../../src/locks/rmap-lock.ts';
import { pteListAdd, pteListRemove, spteOfList } from '../../../src/mmu/rmap.ts';
import type { Rules } from '../../../src/mmu/rules.ts';
import { DESC_COUNT, DESC_MORE, DESC_WORDS, PTE_LIST_EXT, type Vm } from '../../../src/mmu/vm.ts';
import { ignoreGhosts } from '../../../src/shared/ghost-sink.ts';
import type { Memory, Word } from '../../../src/shared/memory.ts';
import { mergedKernels } from '../../../src/variants/variants.ts';
import { createSequentialVm } from '../../support/mmu/sequential-vm.ts';
import { descriptorFaults, readSpteList } from '../../support/mmu/spte-lists.ts';
import { replaceOperations } from '../../support/replaced-memory.ts';

const LISTS = 3;
const MOST_ENTRIES = 3 * PTE_LIST_EXT;

/** An entry goes to a list, or one that the list has goes from it; `at` says which, of however many there are. */
interface Change {
  readonly list: number;
  readonly adds: boolean;
  readonly at: number;
}

/** Lists grow long, and shrink to nothing again. */
const changes: fc.Arbitrary<readonly Change[]> = fc
  .array(
    fc.record({
      list: fc.nat({ max: LISTS - 1 }),
      growth: fc.constantFrom(0.2, 0.5, 0.9, 1),
      draws: fc.array(fc.record({ chance: fc.nat({ max: 99 }), at: fc.nat() }), { maxLength: 50, size: 'max' }),
    }),
    { minLength: 1, maxLength: 8, size: 'max' },
  )
  .map((phases) =>
    phases.flatMap(({ list, growth, draws }) =>
      draws.map(({ chance, at }) => ({ list, adds: chance < growth * 100, at })),
    ),
  );

type Breakage = (m: Memory, vm: Vm) => Memory;

/** Compares lists with multisets after each change; how long the longest was. */
function runChanges(program: readonly Change[], rules: Rules, breakage: Breakage = (m) => m): number {
  const { m, vm } = createSequentialVm(
    {
      geometry: { levels: 1, entryBits: 6 },
      slots: [{ gfn: 0, page: 0, pages: 32 }],
      vcpus: 1,
      pages: 32,
      tlbEntries: 0,
      machine: { nested: true },
    },
    rules,
    ignoreGhosts,
  );
  const broken = breakage(m, vm);
  const multisets: Word[][] = Array.from({ length: LISTS }, () => []);
  let longest = 0;
  for (const { list, adds, at } of program) {
    const multiset = multisets[list] as Word[];
    const head = vm.rmaps + list;
    if (adds && multiset.length < MOST_ENTRIES) {
      // The same entry may be in a list twice.
      const sptep = vm.tables + (at % MOST_ENTRIES);
      pteListAdd(broken, vm, head, sptep);
      multiset.push(sptep);
    } else if (multiset.length > 0) {
      const [sptep] = multiset.splice(at % multiset.length, 1);
      pteListRemove(broken, vm, head, sptep as Word);
    }
    longest = Math.max(longest, multiset.length);
    expectLists(m, vm, multisets, list);
  }
  return longest;
}

/** All lists together have each descriptor once, and the one that has changed is its multiset. */
function expectLists(m: Memory, vm: Vm, multisets: readonly (readonly Word[])[], changed: number): void {
  const lists = multisets.map((_, list) => readSpteList(m, vm, vm.rmaps + list));
  const faults = [
    ...lists.flatMap((list) => list.faults),
    ...descriptorFaults(
      m,
      vm,
      lists.flatMap(({ descriptors }) => descriptors),
    ),
  ];
  expect(faults, faults.join('\n')).toEqual([]);
  const sptes = lists[changed]?.sptes ?? [];
  expect(sorted(sptes), 'the list is not the multiset').toEqual(sorted(multisets[changed] ?? []));
  expect(walk(m, vm, vm.rmaps + changed), 'a walk meets other entries').toEqual(sptes);
}

/** As aging and zapping walk it. */
function walk(m: Memory, vm: Vm, head: Word): Word[] {
  const value = m.load(head);
  const sptes: Word[] = [];
  for (let sptep = spteOfList(m, vm, value, 0); sptep !== 0; sptep = spteOfList(m, vm, value, sptes.length)) {
    sptes.push(sptep);
  }
  return sptes;
}

function sorted(words: readonly Word[]): Word[] {
  return [...words].sort((a, b) => a - b);
}

describe.each(mergedKernels)('$name: lists of SPTEs', ({ rules }) => {
  it('are the multisets of what was added and not removed, each in as few descriptors as it takes', () => {
    fc.assert(fc.property(changes, (program) => void runChanges(program, rules)));
  });

  it.each([1, PTE_LIST_EXT, PTE_LIST_EXT + 1, 2 * PTE_LIST_EXT, 2 * PTE_LIST_EXT + 1, MOST_ENTRIES])(
    'grow to %i and come back to none, from either end',
    (entries) => {
      const add = Array.from({ length: entries }, (_, at) => ({ list: 0, adds: true, at }));
      for (const end of [0, entries]) {
        const remove = Array.from({ length: entries }, (_, i) => ({
          list: 0,
          adds: false,
          at: end === 0 ? 0 : entries - 1 - i,
        }));
        expect(runChanges([...add, ...remove], rules)).toBe(entries);
      }
    },
  );

  it('are drawn longer than two descriptors often enough', () => {
    const lengths = fc.sample(changes, 50).map((program) => runChanges(program, rules));
    expect(lengths.filter((length) => length > 2 * PTE_LIST_EXT).length).toBeGreaterThan(5);
  });
});

/** The port without the stores to one field of descriptors. */
const withoutStoresTo =
  (field: number): Breakage =>
  (m, vm) =>
    replaceOperations(m, (port) => ({
      store(word, value) {
        const index = word - vm.pteListDescs;
        const isDescriptor = index >= 0 && word < vm.freePteListDesc;
        if (!isDescriptor || index % DESC_WORDS !== field) port.store(word, value);
      },
    }));

/** A list whose last entry goes keeps it, though it is unlocked. */
const keepsLastEntry: Breakage = (m, vm) =>
  replaceOperations(m, (port) => ({
    store(word, value) {
      const isHead = word >= vm.rmaps && word < vm.rmaps + LISTS;
      port.store(word, isHead && value === 0 ? port.load(word) & ~RMAP_LOCKED : value);
    },
  }));

describe('The comparison with multisets notices', () => {
  const broken: readonly (readonly [string, Breakage])[] = [
    ['counts that stay as they are', withoutStoresTo(DESC_COUNT)],
    ['links that are not stored', withoutStoresTo(DESC_MORE)],
    ['a last entry that stays', keepsLastEntry],
  ];

  it.each(broken)('%s', (_, breakage) => {
    for (const { rules } of mergedKernels) {
      const property = fc.property(changes, (program) => void runChanges(program, rules, breakage));
      expect(fc.check(property, { endOnFailure: true }).counterexample).not.toBeNull();
    }
  });
});
