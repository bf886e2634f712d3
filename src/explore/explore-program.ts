import { derivePrng } from '../shared/seed.ts';
import type { Breach } from '../verify/monitor.ts';
import { searchBounded } from './bounded-search.ts';
import { type Budget, BudgetWatch, type OnProgress } from './budget.ts';
import { endlessThread } from './decision-trees.ts';
import { EndStates } from './end-states.ts';
import { EndTally } from './end-tally.ts';
import { findViolations } from './find-violations.ts';
import { searchFully } from './full-search.ts';
import { GraphPasses } from './graph-passes.ts';
import { Judge } from './judge.ts';
import { Machine } from './machine.ts';
import { memoryModel } from './memory-model.ts';
import { type Program, representatives } from './program.ts';
import type { ProgramResult } from './program-result.ts';
import { searchWithSleepSets } from './sleep-search.ts';
import { type SmokeResult, smoke } from './smoke.ts';
import { Symmetry } from './symmetry.ts';
import { someSleeperIsLeft } from './wake-check.ts';

/** How to explore. */
export interface ExploreOptions {
  /** Name of the memory model; `sc` is sequential consistency. */
  readonly model?: string;
  readonly budget?: Budget;
  readonly onProgress?: OnProgress;
  /**
   * Runs every new piece of a thread twice, and what follows a loop head along several histories, to find programs
   * that depend on more than the results of their operations. On by default; it costs little.
   */
  readonly checked?: boolean;
  /**
   * Random runs before the full search, which find most bugs within milliseconds: 40 with seed 1 unless said otherwise.
   * `onFinding` hears of what they find at once; the result has it with a minimal schedule.
   */
  readonly smoke?:
    | false
    | { readonly seed?: string; readonly runs?: number; readonly onFinding?: (breaches: readonly Breach[]) => void };
  /**
   * Also checks that each step that ends a thread's wait is followed by `wake`, before its thread's next step: property
   * `lost-wakeup`. In the explorer a wait ends by itself; on real threads it would not.
   */
  readonly wakes?: boolean;
  /** Also looks for threads that can starve. Not with identical threads, which it could not tell apart. */
  readonly starvation?: boolean;
  /** Merges the histories of a thread that has returned the same value: fewer states, the same outcomes. */
  readonly mergeFinished?: boolean;
  /**
   * Leaves out steps that only repeat another order of steps that commute (sleep sets): the same states, outcomes,
   * deadlocks and violations in about half the time, but no numbers of interleavings and no fewest preemptions of
   * outcomes.
   */
  readonly reduced?: boolean;
  /**
   * Explores only schedules with at most so many preemptions, and is complete only if there are no others. Numbers of
   * interleavings and fewest preemptions of outcomes are then not counted, and `cannot-finish` is found only if complete.
   */
  readonly preemptions?: number;
  /** Also looks for the last moment at which a violating schedule could still have ended well. */
  readonly explain?: boolean;
  /** Longest history of a thread, in operations (default 10,000). */
  readonly maxOperations?: number;
}

const DEFAULT_MAX_OPERATIONS = 10_000;
const DEFAULT_SMOKE_RUNS = 40;
const SUSPICIOUSLY_MANY_VALUES = 1000;
/** Thread masks are 31-bit integers. */
const MAX_THREADS = 31;

/**
 * Explores every interleaving of a program: the low-level entry under `explore`, over raw word indices.
 *
 * The search is exhaustive and its states are exact; numbers of interleavings and fewest preemptions are exact; each
 * violation comes with a schedule that is provably minimal (fewest preemptions, then switches, then steps).
 */
export function exploreProgram(program: Program, options: ExploreOptions = {}): ProgramResult {
  if (program.threads.length > MAX_THREADS) throw new RangeError(`at most ${MAX_THREADS} threads`);
  const model = memoryModel(options.model ?? 'sc');
  const sameAs = representatives(program);
  const { preemptions } = options;
  // A bounded search tells threads apart by which of them ran last.
  const symmetry = preemptions === undefined ? Symmetry.of(sameAs) : undefined;
  const machine = new Machine({
    threads: program.threads,
    initial: program.initial,
    wordName: program.wordName ?? ((word) => `word[${word}]`),
    model,
    monitors: program.monitors ?? [],
    invariants: program.invariants ?? [],
    sameAs,
    checked: options.checked ?? true,
    mergeFinished: options.mergeFinished ?? false,
    maxOperations: options.maxOperations ?? DEFAULT_MAX_OPERATIONS,
  });
  const budget = options.budget ?? {};
  const ends = new EndStates(machine);
  const judge = new Judge(program, machine, ends);
  const smoked = smokeFirst(machine, judge, options);
  const watch = new BudgetWatch(budget, options.onProgress);
  const search =
    preemptions === undefined
      ? (options.reduced ? searchWithSleepSets : searchFully)(machine, symmetry, watch)
      : searchBounded(machine, preemptions, watch);
  const complete = search.cut === undefined;
  const passes = new GraphPasses(machine, search, symmetry);
  const tally = new EndTally(machine, search, symmetry, ends, passes);
  const traps = passes.traps(tally.ends);
  const known = new Set(search.breaches.keys());
  for (const breaches of machine.brokenStores.values()) for (const breach of breaches) known.add(breach);
  for (const breach of tally.breaches(judge)) known.add(breach);
  if (options.wakes && someSleeperIsLeft(machine, search.states)) {
    judge.demandWakes();
    known.add(judge.lostWakeup);
  }
  for (const breach of smoked?.found.keys() ?? []) known.add(breach);
  if (traps !== undefined && traps.size > 0) {
    known.add(judge.cannotFinish);
    judge.isTrap = (row) => {
      const canonical = row.slice();
      symmetry?.sort(canonical, 0);
      return traps.has(search.states.find(canonical));
    };
  }
  const violations = findViolations(
    program,
    machine,
    ends,
    judge,
    known,
    smoked,
    budget,
    options.onProgress,
    options.explain ?? false,
  );
  const violated = violations.some((violation) => violation.class === 'forbidden');
  return {
    verdict: violated ? 'violated' : complete ? 'holds' : 'unknown',
    complete,
    cut: search.cut === undefined ? null : search.cut + unboundedWord(program, machine),
    model: machine.model.name,
    states: search.states.count,
    transitions: search.transitions,
    interleavings: passes.areFinite ? tally.interleavings : null,
    outcomes: tally.outcomes(),
    deadlocks: tally.deadlocks(),
    canAlwaysFinish: traps === undefined ? null : tally.stuck === 0 && traps.size === 0,
    starved: options.starvation && symmetry === undefined ? passes.starved() : null,
    violations,
    smokeRuns: smoked?.runs ?? 0,
    bytes: search.states.bytes + machine.bytes,
  };
}

/** A word that takes ever new values is the most common reason for a search that does not end. */
function unboundedWord({ wordName }: Program, machine: Machine): string {
  const busiest = machine.stores.busiestWord();
  if (busiest === undefined || busiest.values < SUSPICIOUSLY_MANY_VALUES) return '';
  const name = wordName?.(busiest.word) ?? `word[${busiest.word}]`;
  return `; ${name} has taken ${busiest.values} values: does it grow without bound?`;
}

function smokeFirst(machine: Machine, judge: Judge, { smoke: options }: ExploreOptions): SmokeResult | undefined {
  if (options === false) return undefined;
  const prng = derivePrng(options?.seed ?? '1', 'smoke');
  try {
    const result = smoke(machine, judge.state, prng, options?.runs ?? DEFAULT_SMOKE_RUNS);
    if (result.found.size > 0) {
      options?.onFinding?.([...result.found.keys()].map((breach) => machine.breaches.breach(breach)));
    }
    return result;
  } catch (error) {
    // The full search will come to the thread without an end too, and says so.
    endlessThread(error);
    return undefined;
  }
}
