import { infoWord } from '../../../src/mmu/tables.ts';
import { INFO_STAMP } from '../../../src/mmu/vm.ts';
import { GhostEvent } from '../../../src/shared/ghost-event.ts';
import { VcpuRecorder } from '../../../src/verify/vcpu-recorder.ts';
import type { Figure, Loop } from '../figure.ts';
import { createMachine, PAGES } from '../machine.ts';

export const recording: Figure = {
  title: 'recording an access for the oracle, its record unchanged',
  baseline: 'an empty loop',
  compares: 'difference',
  target: 25,
  create: () => ({ measured: recordings(false), bare: { pass: () => 0 } }),
};

export const recordingMoved: Figure = {
  title: 'recording an access for the oracle, first one in its epoch',
  baseline: 'an empty loop',
  compares: 'difference',
  target: 25,
  create: () => ({ measured: recordings(true), bare: { pass: () => 0 } }),
};

const ignore = { record(): void {} };

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
