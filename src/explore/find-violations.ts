import { type Budget, BudgetWatch } from './budget.ts';
import type { EndStates } from './end-states.ts';
import type { EndTally } from './end-tally.ts';
import type { FullSearch } from './full-search.ts';
import type { Machine } from './machine.ts';
import { type Choice, type Cost, type JudgeState, searchMinimal } from './minimal-search.ts';
import type { Breach } from './monitor.ts';
import type { Program } from './program.ts';
import type { Symmetry } from './symmetry.ts';
import { encodeToken, fingerprint } from './token.ts';
import { type TraceStep, traceOf } from './trace.ts';

/** A property that does not hold, with the shortest story in which it does not. */
export interface Violation extends Breach {
  /** What the schedule costs; null if no schedule was found within the budget. */
  readonly cost: Cost | null;
  /** Whether everything cheaper has been searched: no violation with fewer preemptions exists. */
  readonly provenMinimal: boolean;
  readonly choices: readonly Choice[];
  readonly trace: readonly TraceStep[];
  /** Replays the schedule through the plain source. */
  readonly token: string | null;
}

const DEADLOCK: Breach = {
  property: 'deadlock',
  class: 'forbidden',
  reason: null,
  page: null,
  message: 'threads wait for each other for ever',
};

const CANNOT_FINISH: Breach = {
  property: 'cannot-finish',
  class: 'forbidden',
  reason: null,
  page: null,
  message: 'from here on the threads can run for ever, but never to their end',
};

/** The breaches that the search has come across, each with a minimal schedule. */
export function findViolations(
  program: Program,
  machine: Machine,
  search: FullSearch,
  symmetry: Symmetry | undefined,
  ends: EndStates,
  tally: EndTally,
  traps: ReadonlySet<number> | undefined,
  budget: Budget,
): Violation[] {
  const { breaches } = machine;
  const deadlock = breaches.idOf(DEADLOCK);
  const cannotFinish = breaches.idOf(CANNOT_FINISH);
  const finals = new Map<number, readonly number[]>();
  const canonical = new Int32Array(machine.threadCount + 1);

  const judge: JudgeState = (row, enabled) => {
    const found = [...(machine.brokenStores.get(row[0] as number) ?? [])];
    if (enabled === 0) {
      const kind = ends.kindOf(row);
      if (kind === 'deadlock') found.push(deadlock);
      if (kind === 'finished') found.push(...brokenFinals(ends.outcomeOf(row)));
    }
    if (traps !== undefined && traps.size > 0) {
      canonical.set(row);
      symmetry?.sort(canonical, 0);
      if (traps.has(search.states.find(canonical))) found.push(cannotFinish);
    }
    return found;
  };

  const wanted = new Set<number>([...machine.initialBreaches, ...search.breaches.keys()]);
  for (const broken of machine.brokenStores.values()) for (const breach of broken) wanted.add(breach);
  if (tally.deadlocked.length > 0) wanted.add(deadlock);
  if (traps !== undefined && traps.size > 0) wanted.add(cannotFinish);
  if ((program.final?.length ?? 0) > 0) {
    for (const state of tally.ends) {
      const row = tally.rowOf(state);
      if (ends.kindOf(row) !== 'finished') continue;
      const members = symmetry === undefined ? [row] : symmetry.orbit(row);
      for (const member of members) for (const breach of brokenFinals(ends.outcomeOf(member))) wanted.add(breach);
    }
  }
  if (wanted.size === 0) return [];

  for (const breach of machine.initialBreaches) wanted.delete(breach);
  const minimal = searchMinimal(machine, judge, wanted, new BudgetWatch(budget, undefined));
  const atOnce = machine.initialBreaches.map((breach) => violation(breach, [], { preemptions: 0, switches: 0, steps: 0 }, true));
  return [
    ...atOnce,
    ...[...wanted].map((breach) => {
      const found = minimal.found.get(breach);
      return found === undefined
        ? violation(breach, [], null, false)
        : violation(breach, found.choices, found.cost, found.proven);
    }),
  ];

  function violation(breach: number, choices: readonly Choice[], cost: Cost | null, provenMinimal: boolean): Violation {
    const trace = traceOf(machine, ends, choices);
    return {
      ...breaches.valueOf(breach),
      cost,
      provenMinimal,
      choices,
      trace,
      token: cost === null ? null : encodeToken(choices, trace, fingerprint(program, trace)),
    };
  }

  /** The final conditions that an outcome does not meet. */
  function brokenFinals(outcome: number): readonly number[] {
    const known = finals.get(outcome);
    if (known !== undefined) return known;
    const values = program.threads.map((_, thread) => ends.valueOf(outcome, thread));
    const broken: number[] = [];
    for (const { name, holds } of program.final ?? []) {
      const verdict = holds(ends.memoryOf(outcome).slice(), values);
      if (verdict === true) continue;
      const message = verdict === false ? `${name} does not hold in the end` : verdict;
      broken.push(breaches.idOf({ property: name, class: 'forbidden', reason: null, page: null, message }));
    }
    finals.set(outcome, broken);
    return broken;
  }
}
