import { initMemslot, initVm } from '../../src/mmu/create-vm.ts';
import { entryWord } from '../../src/mmu/tables.ts';
import { backingOf } from '../../src/shared/spte.ts';
import { RacyThreadMemory, type ThreadMemory } from '../../src/shared/thread-memory.ts';
import { gfnsOfPages } from '../../src/stress/slots.ts';
import { createStressArena, type StressArena } from '../../src/stress/stress-arena.ts';

export const PAGES = 4096;

/** A VM with all pages mapped, for one thread to be measured on. */
export interface Machine {
  readonly arena: StressArena;
  readonly words: Int32Array;
  readonly m: ThreadMemory;
  /** The guest frame of each page. */
  readonly gfns: Int32Array;
}

export function createMachine({ tlbEntries = 0 } = {}): Machine {
  const arena = createStressArena({
    variant: 'lockless-7.3',
    mutant: null,
    seed: '1',
    vcpus: 1,
    pages: PAGES,
    slots: 1,
    workload: 'uniform',
    writes: 0,
    tlbEntries,
    invalidateRate: 0,
    zapAllRate: 0,
    batch: 64,
    passes: null,
    stopAtViolation: false,
    sampleEvery: 1,
    epochLimit: 2 ** 27,
    waitBoundMs: 10_000,
  });
  const words = new Int32Array(new SharedArrayBuffer(arena.layout.wordCount * Int32Array.BYTES_PER_ELEMENT));
  const m = new RacyThreadMemory(words, { waiters: arena.waiters });
  initVm(m, arena.vm);
  arena.slots.forEach((slot, index) => {
    initMemslot(m, arena.vm, index, slot);
  });
  const gfns = gfnsOfPages(arena.slots, PAGES);
  return { arena, words, m, gfns };
}

/** The word of each page's leaf, once all of them are mapped. */
export function leafWords({ arena, m, gfns }: Machine): Int32Array {
  const { vm } = arena;
  return gfns.map((gfn) => {
    let table = m.loadOwn(vm.vcpuRoots);
    for (let level = vm.levels; level > 1; level--) table = backingOf(m.load(entryWord(vm, table, level, gfn)));
    return entryWord(vm, table, 1, gfn);
  });
}
