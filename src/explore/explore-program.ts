import { type Budget, BudgetWatch, type OnProgress } from './budget.ts';
import { EndTally } from './end-tally.ts';
import { EndStates } from './end-states.ts';
import { findViolations, type Violation } from './find-violations.ts';
import { searchFully } from './full-search.ts';
import { Machine } from './machine.ts';
import { memoryModel } from './memory-model.ts';
import { type Program, representatives } from './program.ts';
import { GraphPasses } from './graph-passes.ts';
import { Symmetry } from './symmetry.ts';

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
  /** Merges the histories of a thread that has returned the same value: fewer states, the same outcomes. */
  readonly mergeFinished?: boolean;
  /** Longest history of a thread, in operations (default 10,000). */
  readonly maxOperations?: number;
}

/** What the threads returned and left behind, with how often and how easily it happens. */
export interface ProgramOutcome {
  /** By thread; a thread that has thrown has `{ threw: message }`. */
  readonly values: readonly unknown[];
  readonly memory: Int32Array;
  /** Number of interleavings that end so; null if infinite or if the search is incomplete. */
  readonly interleavings: bigint | null;
  /** Fewest preemptions with which it can happen; null if the search is incomplete. */
  readonly minPreemptions: number | null;
}

/** A state in which threads wait for each other for ever. */
export interface ProgramDeadlock {
  /** What each thread waits for, by thread; null for those that have ended. */
  readonly waiting: readonly (string | null)[];
  readonly memory: Int32Array;
  readonly interleavings: bigint | null;
  readonly minPreemptions: number | null;
}

export interface ProgramResult {
  /** `holds` is said only after everything has been explored. */
  readonly verdict: 'holds' | 'violated' | 'unknown';
  readonly complete: boolean;
  /** Why the search has ended early. */
  readonly cut: string | null;
  readonly model: string;
  readonly states: number;
  readonly transitions: number;
  /** All interleavings, also those that end in a deadlock; null if infinite or if the search is incomplete. */
  readonly interleavings: bigint | null;
  readonly outcomes: readonly ProgramOutcome[];
  readonly deadlocks: readonly ProgramDeadlock[];
  /** Whether from every state all threads can come to their end; null if the search is incomplete. */
  readonly canAlwaysFinish: boolean | null;
  readonly violations: readonly Violation[];
  /** Bytes of the search's tables. */
  readonly bytes: number;
}

const DEFAULT_MAX_OPERATIONS = 10_000;
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
  const symmetry = Symmetry.of(sameAs);
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
  const search = searchFully(machine, symmetry, new BudgetWatch(budget, options.onProgress));
  const complete = search.cut === undefined;
  const ends = new EndStates(machine);
  const passes = new GraphPasses(machine, search, symmetry);
  const tally = new EndTally(machine, search, symmetry, ends, passes);
  const traps = complete ? passes.traps(tally.ends) : undefined;
  const violations = findViolations(program, machine, search, symmetry, ends, tally, traps, budget);
  const violated = violations.some((violation) => violation.class === 'forbidden');
  return {
    verdict: violated ? 'violated' : complete ? 'holds' : 'unknown',
    complete,
    cut: search.cut ?? null,
    model: machine.model.name,
    states: search.states.count,
    transitions: search.transitions,
    interleavings: passes.areFinite ? tally.interleavings : null,
    outcomes: tally.outcomes(),
    deadlocks: tally.deadlocks(),
    canAlwaysFinish: complete ? tally.stuck === 0 && traps?.size === 0 : null,
    violations,
    bytes: search.states.bytes + machine.bytes,
  };
}
