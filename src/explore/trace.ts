import type { EndStates } from './end-states.ts';
import { BREACHES, type Machine } from './machine.ts';
import type { Choice } from './minimal-search.ts';
import { type Operation, OpKind } from './operation.ts';

/** Why the thread of a step is another one than that of the step before. */
export type SwitchReason = 'preempted' | 'blocked' | 'finished';

/** One step of a schedule, worked out. */
export interface TraceStep {
  readonly thread: number;
  readonly alternative: number;
  readonly operation: Operation;
  /** The operation's result as the engine counts it: 0 where there is none, 0 or 1 for a boolean. */
  readonly result: number;
  /** The word touched, before and after; undefined for `choose`. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** Set if the previous step was another thread's. */
  readonly switchedBecause: SwitchReason | undefined;
  /** All words after the step. */
  readonly words: Int32Array;
  /** Breaches of this step. */
  readonly breaches: readonly number[];
}

/** Works out a schedule on the machine. */
export function traceOf(machine: Machine, ends: EndStates, choices: readonly Choice[]): TraceStep[] {
  const { nodes } = machine.trees;
  const row = new Int32Array(machine.threadCount + 1);
  row[0] = machine.initialStore;
  row.set(machine.roots, 1);
  const steps: TraceStep[] = [];
  let words = ends.wordsOf(row);
  let previous: number | undefined;
  for (const { thread, alternative } of choices) {
    const node = row[1 + thread] as number;
    const store = row[0] as number;
    const operation: Operation = {
      kind: nodes.kind[node] as number,
      word: nodes.word[node] as number,
      a: nodes.a[node] as number,
      b: nodes.b[node] as number,
      c: nodes.c[node] as number,
    };
    const switchedBecause =
      previous === undefined || previous === thread ? undefined : reasonToLeave(machine, row, previous);
    const at = machine.step(store, node + alternative);
    const next = machine.cache[at + 3] as number;
    const nextStore = machine.cache[at + 2] as number;
    row[0] = nextStore;
    row[1 + thread] = next & ~BREACHES;
    const after = ends.wordsOf(row);
    const isChoice = operation.kind === OpKind.choose;
    steps.push({
      thread,
      alternative,
      operation,
      result: isChoice ? alternative : machine.resultOf(store, node),
      before: isChoice ? undefined : words[operation.word],
      after: isChoice ? undefined : after[operation.word],
      switchedBecause,
      words: after,
      breaches: next >= BREACHES ? machine.stepBreaches(store, node + alternative) : [],
    });
    words = after;
    previous = thread;
  }
  return steps;
}

function reasonToLeave(machine: Machine, row: Int32Array, thread: number): SwitchReason {
  const node = row[1 + thread] as number;
  if (machine.trees.nodes.moves[node] === 0) return 'finished';
  return machine.isEnabled(row[0] as number, node) ? 'preempted' : 'blocked';
}
