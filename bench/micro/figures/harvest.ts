import { CLEAR, tdpMmuAgeGfnRange } from '../../../src/mmu/tdp-age.ts';
import type { Figure } from '../figure.ts';
import { createMachine, leafWords, type Machine, PAGES } from '../machine.ts';
import { accesses } from './access.ts';

export const harvestOld: Figure = {
  title: 'harvesting an old page, with the peek hint',
  baseline: 'a plain read of a typed array',
  compares: 'ratio',
  target: 4,
  create() {
    const machine = createMachine();
    const { m, arena } = machine;
    accesses(machine).pass();
    harvest(machine);
    const plain = new Int32Array(PAGES);
    return {
      measured: { pass: () => harvest(machine) },
      bare: {
        pass() {
          let sum = 0;
          for (let page = 0; page < PAGES; page++) sum += plain[page] as number;
          return sum + (arena.vm.levels - m.words.length);
        },
      },
    };
  },
};

export const harvestYoung: Figure = {
  title: 'harvesting a young page',
  baseline: 'a bare Atomics.and',
  compares: 'ratio',
  target: 2.5,
  create() {
    const machine = createMachine();
    const { m, arena, words, gfns } = machine;
    const { vm } = arena;
    accesses(machine).pass();
    const leaves = leafWords(machine);
    return {
      measured: {
        // As after an access to each page, at a fraction of the time.
        prepare() {
          for (const leaf of leaves) m.setBits(leaf, vm.spte.accessed);
        },
        pass: () => harvest(machine),
      },
      bare: {
        pass() {
          let sum = 0;
          const base = vm.hostPtes;
          for (let page = 0; page < PAGES; page++) sum += Atomics.and(words, base + (gfns[page] as number), -1);
          return sum;
        },
      },
    };
  },
};

const WHOLE_SLOT = {
  slot: 0,
  start: 0,
  end: PAGES,
  pageOffset: 0,
  bitmap: 0,
  lastPage: PAGES - 1,
  bitmapBits: 0,
  lockless: true,
  hasMetadata: true,
};

function harvest({ m, arena }: Machine): number {
  return tdpMmuAgeGfnRange(m, arena.vm, arena.agingThread, WHOLE_SLOT, CLEAR) ? 1 : 0;
}
