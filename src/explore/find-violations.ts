import type { Breach } from '../verify/monitor.ts';
import { type Budget, BudgetWatch, type OnProgress } from './budget.ts';
import type { EndStates } from './end-states.ts';
import type { Judge } from './judge.ts';
import type { Machine } from './machine.ts';
import { type Choice, type Cost, searchMinimal } from './minimal-search.ts';
import { type NearMiss, nearMiss } from './near-miss.ts';
import type { Program } from './program.ts';
import type { SmokeResult } from './smoke.ts';
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
  /** How the schedule could still have ended well; null if it could not, if it was not found, or not asked for. */
  readonly nearMiss: NearMiss | null;
}

const NOTHING: Cost = { preemptions: 0, switches: 0, steps: 0 };

/** A minimal schedule for each kind among the breaches that are known to be reachable. */
export function findViolations(
  program: Program,
  machine: Machine,
  ends: EndStates,
  judge: Judge,
  known: Iterable<number>,
  smoke: SmokeResult | undefined,
  budget: Budget,
  onProgress: OnProgress | undefined,
  explain: boolean,
): Violation[] {
  const { breaches } = machine;
  const violations = new Map<number, Violation>();
  for (const breach of machine.initialBreaches)
    violations.set(breaches.kindOf(breach), violation(breach, [], NOTHING, true));
  const wanted = new Map<number, number>();
  for (const breach of known) {
    const kind = breaches.kindOf(breach);
    if (!violations.has(kind) && !wanted.has(kind)) wanted.set(kind, breach);
  }
  if (wanted.size > 0) {
    const watch = new BudgetWatch(budget, onProgress, 'minimal-schedules');
    const minimal = searchMinimal(machine, judge, new Set(wanted.keys()), watch);
    for (const [kind, breach] of wanted) {
      const found = minimal.found.get(kind);
      violations.set(
        kind,
        found === undefined ? unproven(kind, breach) : violation(found.breach, found.choices, found.cost, found.proven),
      );
    }
  }
  return [...violations.values()];

  /** The budget has ended before a minimal schedule was found: that of a random run, if there is one. */
  function unproven(kind: number, breach: number): Violation {
    for (const [met, { choices }] of smoke?.found ?? []) {
      if (breaches.kindOf(met) === kind) return violation(met, choices, costOf(machine, ends, choices), false);
    }
    return violation(breach, [], null, false);
  }

  function violation(breach: number, choices: readonly Choice[], cost: Cost | null, provenMinimal: boolean): Violation {
    const trace = traceOf(machine, ends, choices);
    return {
      ...breaches.breach(breach),
      cost,
      provenMinimal,
      choices,
      trace,
      token: cost === null ? null : encodeToken(choices, trace, fingerprint(program, trace)),
      nearMiss: (explain ? nearMiss(machine, judge.state, choices) : undefined) ?? null,
    };
  }
}

function costOf(machine: Machine, ends: EndStates, choices: readonly Choice[]): Cost {
  const reasons = traceOf(machine, ends, choices).map(({ switchedBecause }) => switchedBecause);
  return {
    preemptions: reasons.filter((reason) => reason === 'preempted').length,
    switches: reasons.filter((reason) => reason !== undefined).length,
    steps: choices.length,
  };
}
