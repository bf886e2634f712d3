import { handlePageFault } from '../../../src/mmu/fault.ts';
import { RET_PF_FIXED } from '../../../src/mmu/fault-outcome.ts';
import { L1 } from '../../../src/mmu/vm.ts';
import type { Memory } from '../../../src/shared/memory.ts';
import type { Figure, Loop } from '../figure.ts';
import { createMachine, leafWords, type Machine, PAGES } from '../machine.ts';
import { accesses } from './access.ts';

/** The calls of `Atomics` that such a fault makes. A test counts them. */
export const FAULT_OPERATIONS = { load: 20, store: 4, modify: 2, compareExchange: 1 } as const;

export const fault: Figure = {
  title: 'a page fault that maps a page whose tables are there',
  baseline: 'as many bare Atomics operations of the same kinds',
  compares: 'ratio',
  target: 2,
  create() {
    const machine = createMachine();
    const unmap = unmapping(machine);
    return {
      measured: {
        prepare: unmap,
        pass() {
          let fixed = 0;
          for (let page = 0; page < PAGES; page++) fixed += faultOn(machine, machine.m, page);
          if (fixed !== PAGES * RET_PF_FIXED) throw new Error('a fault has mapped nothing');
          return fixed;
        },
      },
      bare: bareOperations(machine),
    };
  },
};

/** A function that makes every leaf absent again. The tables stay. */
export function unmapping(machine: Machine): () => void {
  const { m, arena } = machine;
  accesses(machine).pass();
  const leaves = leafWords(machine);
  return () => {
    for (const leaf of leaves) m.store(leaf, arena.vm.rules.nonpresentSpte);
  };
}

/** A read fault of the vCPU, as behind the exit and before the entry. */
export function faultOn({ arena, gfns }: Machine, m: Memory, page: number): number {
  const root = m.loadOwn(arena.vm.vcpuRoots);
  return handlePageFault(m, arena.vm, 0, L1, root, gfns[page] as number, page, false);
}

function bareOperations({ gfns }: Machine): Loop {
  const words = new Int32Array(new SharedArrayBuffer((PAGES + 32 * 512) * Int32Array.BYTES_PER_ELEMENT));
  const { load, store, modify, compareExchange } = FAULT_OPERATIONS;
  return {
    pass() {
      let sum = 0;
      for (let page = 0; page < PAGES; page++) {
        const word = gfns[page] as number;
        for (let i = 0; i < load; i++) sum += Atomics.load(words, word + i * 512);
        for (let i = 0; i < store; i++) Atomics.store(words, word + i * 512, i);
        for (let i = 0; i < modify; i++) sum += Atomics.or(words, word + i * 512, 1);
        for (let i = 0; i < compareExchange; i++) sum += Atomics.compareExchange(words, word + i * 512, 1, 0);
      }
      return sum;
    },
  };
}
