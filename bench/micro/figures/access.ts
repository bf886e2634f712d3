import { guestAccess } from '../../../src/mmu/access.ts';
import type { Figure, Loop } from '../figure.ts';
import { createMachine, type Machine, PAGES } from '../machine.ts';

export const walk: Figure = {
  title: 'an access that walks to a warm leaf and finds Accessed set',
  baseline: 'as many bare Atomics.load as the walk has levels',
  compares: 'ratio',
  target: 2,
  create() {
    const machine = createMachine();
    return { measured: accesses(machine), bare: loadsOfFourLevels(machine) };
  },
};

export const tlbHit: Figure = {
  title: 'an access that the TLB serves',
  baseline: 'a bare Atomics.load',
  compares: 'ratio',
  target: 3,
  create() {
    const machine = createMachine({ tlbEntries: PAGES });
    const { words, arena, gfns } = machine;
    const base = arena.vm.tlbTags;
    return {
      measured: accesses(machine),
      bare: {
        pass() {
          let sum = 0;
          for (let page = 0; page < PAGES; page++) sum += Atomics.load(words, base + (gfns[page] as number)) & 1;
          return sum;
        },
      },
    };
  },
};

/** Reads every page once: the first pass faults, and fills the TLB if there is one. */
export function accesses({ m, arena, gfns }: Machine): Loop {
  return {
    pass() {
      for (let page = 0; page < PAGES; page++) guestAccess(m, arena.vm, 0, gfns[page] as number, page, false);
      return 0;
    },
  };
}

function loadsOfFourLevels({ words, arena, gfns }: Machine): Loop {
  const base = arena.vm.tables;
  return {
    pass() {
      let sum = 0;
      for (let page = 0; page < PAGES; page++) {
        const word = base + (gfns[page] as number);
        sum +=
          Atomics.load(words, word) +
          Atomics.load(words, word + 512) +
          Atomics.load(words, word + 1024) +
          Atomics.load(words, word + 1536);
      }
      return sum;
    },
  };
}
