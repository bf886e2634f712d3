import { createStartGate, passStartGate, type StartGate } from '../../../src/locks/start-gate.ts';
import type { Memory, Word } from '../../../src/shared/memory.ts';
import { sharedWord } from '../arena.ts';
import type { GangProgram } from '../gang.ts';
import { startTogether } from '../start.ts';

export interface GatedStartParts {
  readonly gate: StartGate;
  readonly passed: Word;
  /** Threads that were through before the last had arrived. */
  readonly early: Word;
}

const passes: Readonly<Record<string, (m: Memory, gate: StartGate) => void>> = {
  startGate: passStartGate,
  /** Broken: says that it is there, and goes on. */
  unguarded(m, gate) {
    m.add(gate.arrived, 1);
    m.wake(gate.arrived);
  },
};

const program: GangProgram<GatedStartParts> = {
  url: import.meta.url,

  createParts(layout) {
    return {
      gate: createStartGate(layout, 'gate'),
      passed: sharedWord(layout, 'passed'),
      early: sharedWord(layout, 'early'),
    };
  },

  run(gangThread) {
    const { m, parts, thread, threads, variant } = gangThread;
    const { gate, passed, early } = parts;
    if (thread === 0) {
      startTogether(gangThread, gate);
      return;
    }
    // All but one come late enough for it to get through a gate that is not there.
    if (thread > 1) m.pause(passed, 0, 20);
    passes[variant]?.(m, gate);
    if (m.load(gate.arrived) !== threads - 1) m.add(early, 1);
    m.add(passed, 1);
    m.wake(passed);
  },
};

export default program;
