import { infoWord } from '../../../src/mmu/tables.ts';
import { INFO_STAMP } from '../../../src/mmu/vm.ts';
import { GhostEvent } from '../../../src/shared/ghost-event.ts';
import { VcpuRecorder } from '../../../src/verify/vcpu-recorder.ts';
import type { Figure, Loop } from '../figure.ts';
import { createMachine, type Machine, PAGES } from '../machine.ts';
import { accesses } from './access.ts';

export const recording: Figure = {
  title: 'recording an access for the oracle, its record unchanged',
  baseline: 'an empty loop',
  compares: 'difference',
  target: 25,
  create: () => ({ measured: recordings(false), bare: { pass: () => 0 } }),
};

export const recordedAccess: Figure = {
  title: 'an access as stress makes it: the walk, recorded for the oracle',
  baseline: 'as many bare Atomics operations of the same kinds',
  compares: 'ratio',
  target: 2,
  create() {
    const machine = createMachine();
    record(machine);
    return { measured: accesses(machine), bare: loadsAndStores(machine) };
  },
};

export const recordingMoved: Figure = {
  title: 'recording an access for the oracle, first one in its epoch',
  baseline: 'an empty loop',
  compares: 'difference',
  target: 25,
  create: () => ({ measured: recordings(true), bare: { pass: () => 0 } }),
};

const ignore = { record(): void {} };

function record({ m, words, arena }: Machine): void {
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
}

function recordings(epochMoves: boolean): Loop {
  const machine = createMachine();
  record(machine);
  const { m, words, arena } = machine;
  const { epoch } = arena.oracle;
  return {
    prepare() {
      if (epochMoves) Atomics.store(words, epoch, (Atomics.load(words, epoch) + 1) & 0xffffff);
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

/** The walk's four loads, the look for requests, the epoch and the revoked version; the store says where the vCPU is. */
function loadsAndStores({ words, arena, gfns }: Machine): Loop {
  const base = arena.vm.tables;
  return {
    pass() {
      let sum = 0;
      for (let page = 0; page < PAGES; page++) {
        const word = base + (gfns[page] as number);
        Atomics.store(words, arena.bitmap, page);
        for (let i = 0; i < 7; i++) sum += Atomics.load(words, word + 512 * i);
      }
      return sum;
    },
  };
}
