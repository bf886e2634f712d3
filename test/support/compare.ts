import type { Cost } from '../../src/explore/minimal-search.ts';
import type { Program } from '../../src/explore/program.ts';
import type { ProgramResult } from '../../src/explore/program-result.ts';
import type { Monitor } from '../../src/verify/monitor.ts';
import type { BruteProgram, BruteResult } from './brute-force.ts';
import { interpret, type RandomProgram } from './random-program.ts';

/** An arbitrary ghost automaton in which the order of events matters. */
function ghostStep(ghost: number, thread: number, event: number, _page: number, value: number): number {
  return (ghost * 3 + value + event + thread) % 5;
}

const ghostMonitor: Monitor = {
  name: 'order',
  event(ghost, thread, event, page, value) {
    ghost.set(page, ghostStep(ghost.get(page), thread, event, page, value));
  },
};

export function bruteProgramOf(program: RandomProgram, notes: boolean): BruteProgram {
  const threads = program.threads.map((_, thread) => interpret(program, thread));
  return notes ? { initial: program.initial, threads, ghostStep } : { initial: program.initial, threads };
}

export function programOf(program: RandomProgram, notes: boolean): Program {
  return {
    initial: Int32Array.from(program.initial),
    threads: program.threads.map((_, thread) => ({ name: `t${thread}`, run: interpret(program, thread) })),
    monitors: notes ? [ghostMonitor] : [],
  };
}

/** Everything about a result that the oracle knows too, in one comparable shape. */
export function summary(result: ProgramResult): Summary {
  const deadlock = result.violations.find(({ property }) => property === 'deadlock');
  return {
    states: result.states,
    transitions: result.transitions,
    interleavings: result.interleavings,
    outcomes: sorted(
      result.outcomes.map(({ values, memory, interleavings, minPreemptions }) => [
        JSON.stringify([values.map((value) => value ?? null), [...memory]]),
        interleavings,
        minPreemptions,
      ]),
    ),
    deadlocks: result.deadlocks.length,
    deadlockCost: deadlock?.cost ?? null,
    canAlwaysFinish: result.canAlwaysFinish,
  };
}

export function bruteSummary(result: BruteResult): Summary {
  return {
    states: result.states,
    transitions: result.transitions,
    interleavings: result.interleavings,
    outcomes: sorted(
      [...result.outcomes].map(([key, { interleavings, minPreemptions }]) => [key, interleavings, minPreemptions]),
    ),
    deadlocks: result.deadlocks,
    deadlockCost: result.deadlockCost,
    canAlwaysFinish: result.canAlwaysFinish,
  };
}

export interface Summary {
  readonly states: number;
  readonly transitions: number;
  readonly interleavings: bigint | null;
  readonly outcomes: readonly OutcomeRow[];
  readonly deadlocks: number;
  readonly deadlockCost: Cost | null;
  readonly canAlwaysFinish: boolean | null;
}

type OutcomeRow = [string, bigint | null, number | null];

function sorted(rows: OutcomeRow[]): OutcomeRow[] {
  return rows.sort(([left], [right]) => (left < right ? -1 : 1));
}
