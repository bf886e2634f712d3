import { BREACHES, type Machine } from './machine.ts';
import type { Choice, JudgeState } from './minimal-search.ts';

/** How a schedule that violates something could still have ended well. */
export interface NearMiss {
  /** Index of the step behind which nothing ends well any more. */
  readonly pointOfNoReturn: number;
  /** A schedule that violates nothing, with the longest beginning in common. */
  readonly passing: readonly Choice[];
}

/** States looked at for each step; a longer search is given up, and nothing is said. */
const MAX_STATES = 20_000;

/**
 * Goes back along a schedule to the last state from which some schedule ends without a breach. undefined if there is none,
 * or if the search was given up.
 */
export function nearMiss(machine: Machine, judge: JudgeState, choices: readonly Choice[]): NearMiss | undefined {
  const rows = rowsAlong(machine, choices);
  const hopeless = new Set<string>();
  for (let step = choices.length - 1; step >= 0; step--) {
    const running = choices[step - 1]?.thread ?? (choices[step] as Choice).thread;
    const rest = endWell(machine, judge, rows[step] as Int32Array, running, hopeless);
    if (rest === 'given up') return undefined;
    if (rest !== undefined) return { pointOfNoReturn: step, passing: [...choices.slice(0, step), ...rest] };
  }
  return undefined;
}

/** The state in front of each step. */
function rowsAlong(machine: Machine, choices: readonly Choice[]): Int32Array[] {
  const row = new Int32Array(machine.threadCount + 1);
  row[0] = machine.initialStore;
  row.set(machine.roots, 1);
  return choices.map(({ thread, alternative }) => {
    const before = row.slice();
    const at = machine.step(row[0] as number, (row[1 + thread] as number) + alternative);
    row[0] = machine.cache[at + 2] as number;
    row[1 + thread] = (machine.cache[at + 3] as number) & ~BREACHES;
    return before;
  });
}

interface Frame {
  readonly row: Int32Array;
  /** What is left to try, last first. */
  readonly untried: Choice[];
}

/** Steps from a state to an end without a breach, going on with the running thread where that is possible. */
function endWell(
  machine: Machine,
  judge: JudgeState,
  start: Int32Array,
  running: number,
  hopeless: Set<string>,
): Choice[] | undefined | 'given up' {
  const taken: Choice[] = [];
  const frames: Frame[] = [];
  let row: Int32Array = start.slice();
  let thread = running;
  let looked = 0;
  for (;;) {
    const key = row.join();
    if (!hopeless.has(key)) {
      hopeless.add(key);
      if (++looked > MAX_STATES) return 'given up';
      const moves = movesOf(machine, row, thread);
      const enabled = moves.reduce((mask, move) => mask | (1 << move.thread), 0);
      if (judge(row, enabled).length === 0) {
        if (moves.length === 0) return taken;
        frames.push({ row, untried: moves.reverse() });
      }
    }
    // The next step that breaks nothing; a state from which every step does is given up.
    let next: Int32Array | undefined;
    while (next === undefined) {
      const frame = frames.at(-1);
      if (frame === undefined) return undefined;
      taken.length = frames.length - 1;
      const choice = frame.untried.pop();
      if (choice === undefined) {
        frames.pop();
        continue;
      }
      next = stepWithoutBreach(machine, frame.row, choice);
      if (next !== undefined) {
        taken.push(choice);
        thread = choice.thread;
      }
    }
    row = next;
  }
}

/** Every move that can be made, those of the running thread first. */
function movesOf(machine: Machine, row: Int32Array, running: number): Choice[] {
  const { moves } = machine.trees.nodes;
  const threads = Array.from({ length: machine.threadCount }, (_, i) => (running + i) % machine.threadCount);
  return threads.flatMap((thread) => {
    const node = row[1 + thread] as number;
    if (moves[node] === 0 || !machine.isEnabled(row[0] as number, node)) return [];
    return Array.from({ length: moves[node] as number }, (_, alternative) => ({ thread, alternative }));
  });
}

function stepWithoutBreach(machine: Machine, row: Int32Array, { thread, alternative }: Choice): Int32Array | undefined {
  const at = machine.step(row[0] as number, (row[1 + thread] as number) + alternative);
  const node = machine.cache[at + 3] as number;
  if (node >= BREACHES) return undefined;
  const next = row.slice();
  next[0] = machine.cache[at + 2] as number;
  next[1 + thread] = node;
  return next;
}
