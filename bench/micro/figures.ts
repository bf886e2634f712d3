import { guestAccess } from '../../src/mmu/access.ts';
import { entryWord, infoWord } from '../../src/mmu/tables.ts';
import { CLEAR, tdpMmuAgeGfnRange } from '../../src/mmu/tdp-age.ts';
import { INFO_STAMP } from '../../src/mmu/vm.ts';
import { GhostEvent } from '../../src/shared/ghost-event.ts';
import { VcpuRecorder } from '../../src/verify/vcpu-recorder.ts';
import { createMachine, PAGES } from './machine.ts';

/** Runs one pass of a figure; each handles `PAGES` pages. `prepare` is not timed. */
export interface Loop {
  readonly prepare?: () => void;
  readonly pass: () => number;
}

/** A cost, the bare loop it is measured beside, and what it is allowed to be. */
export interface Figure {
  readonly title: string;
  readonly baseline: string;
  /** `ratio` of the two, or their `difference` in nanoseconds; at most `target`. */
  readonly compares: 'ratio' | 'difference';
  readonly target: number;
  readonly create: () => { readonly measured: Loop; readonly bare: Loop };
}

const ignore = { record(): void {} };

export const figures: Readonly<Record<string, Figure>> = {
  walk: {
    title: 'an access that walks to a warm leaf and finds Accessed set',
    baseline: 'as many bare Atomics.load as the walk has levels',
    compares: 'ratio',
    target: 2,
    create() {
      const machine = createMachine();
      return { measured: accesses(machine), bare: loads(machine) };
    },
  },
  oracle: {
    title: 'recording an access for the oracle, its record unchanged',
    baseline: 'an empty loop',
    compares: 'difference',
    target: 25,
    create: () => ({ measured: recordings(false), bare: { pass: () => 0 } }),
  },
  'oracle-moved': {
    title: 'recording an access for the oracle, first one in its epoch',
    baseline: 'an empty loop',
    compares: 'difference',
    target: 25,
    create: () => ({ measured: recordings(true), bare: { pass: () => 0 } }),
  },
  'harvest-old': {
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
  },
  'harvest-young': {
    title: 'harvesting a young page',
    baseline: 'a bare Atomics.and',
    compares: 'ratio',
    target: 2.5,
    create() {
      const machine = createMachine();
      const { m, arena, words, gfns } = machine;
      const { vm } = arena;
      accesses(machine).pass();
      const root = m.loadOwn(vm.vcpuRoots);
      return {
        measured: {
          prepare: () => makeYoung(machine, root),
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
  },
};

type Machine = ReturnType<typeof createMachine>;

function accesses({ m, arena, gfns }: Machine): Loop {
  return {
    pass() {
      for (let page = 0; page < PAGES; page++) guestAccess(m, arena.vm, 0, gfns[page] as number, page, false);
      return 0;
    },
  };
}

function recordings(epochMoves: boolean): Loop {
  const { words, arena, m } = createMachine();
  const { oracle, vm } = arena;
  m.sink = new VcpuRecorder({
    words,
    oracle,
    vcpu: 0,
    fault: ignore,
    mmuLockWait: ignore,
    now: () => 0,
    stampWord: (table) => infoWord(vm, table, INFO_STAMP),
  });
  return {
    prepare() {
      if (epochMoves) Atomics.store(words, oracle.epoch, (Atomics.load(words, oracle.epoch) + 1) & 0xffffff);
    },
    pass() {
      for (let page = 0; page < PAGES; page++) {
        m.note(GhostEvent.accessBegin, page, 0);
        m.note(GhostEvent.accessEnd, page, 0);
      }
      return 0;
    },
  };
}

function loads({ words, arena, gfns }: Machine): Loop {
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

/** As after an access to each page, at a fraction of the time. */
function makeYoung({ m, arena, gfns }: Machine, root: number): void {
  const { vm } = arena;
  for (let page = 0; page < PAGES; page++) {
    const gfn = gfns[page] as number;
    let table = root;
    for (let level = vm.levels; level > 1; level--) table = (m.load(entryWord(vm, table, level, gfn)) >>> 12) & 8191;
    m.setBits(entryWord(vm, table, 1, gfn), vm.spte.accessed);
  }
}
