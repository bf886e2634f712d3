import type { Memory, Word } from '../shared/memory.ts';
import type { Monitor } from '../verify/monitor.ts';
import type { Budget } from './budget.ts';
import { counterexampleText } from './counterexample-text.ts';
import { type ExploreOptions, exploreProgram } from './explore-program.ts';
import type { Violation } from './find-violations.ts';
import type { Invariant } from './machine.ts';
import { hasBooleanResult, hasNoResult, OpKind, opName } from './operation.ts';
import type { FinalCondition, Program } from './program.ts';
import type { ProgramResult } from './program-result.ts';
import { type Replay, replayToken } from './replay.ts';
import type { SwitchReason, TraceStep } from './trace.ts';

/** For each named word the index to pass to the operations of `Memory`. */
export type WordIndices<Name extends string> = Readonly<Record<Name, Word>>;

/** The words' values by name. */
export type WordValues<Name extends string> = Readonly<Record<Name, number>>;

/** A modelled thread: a plain synchronous function whose only way to shared state is `memory`. */
export type ThreadFunction<Name extends string> = (memory: Memory, word: WordIndices<Name>) => unknown;

/** Something for each thread: by name, or by index if the threads are a list. */
export type ByThread<Value> = Readonly<Record<string | number, Value>>;

/** Holds if it returns true (or nothing, for functions that throw); a text says why it does not hold. */
export type Condition<Arguments extends readonly unknown[]> = (...args: Arguments) => boolean | string | undefined;

/** One condition, several, or several with names. */
export type Conditions<Arguments extends readonly unknown[]> =
  | Condition<Arguments>
  | readonly Condition<Arguments>[]
  | Readonly<Record<string, Condition<Arguments>>>;

/**
 * What `explore` explores, and how: budgets and progress, random runs first, merging of finished histories, checks of
 * wake-ups and starvation as in `ExploreOptions`.
 */
export interface Exploration<Name extends string> extends Omit<ExploreOptions, 'model'> {
  /** Names of the shared words and their initial values: signed 32-bit integers. */
  readonly words: Readonly<Record<Name, number>>;
  /** The threads, by name or in order. */
  readonly threads: Readonly<Record<string, ThreadFunction<Name>>> | readonly ThreadFunction<Name>[];
  /** Must hold in every state. A function of the words only: it cannot see how a state was reached. */
  readonly invariants?: Conditions<[words: WordValues<Name>]>;
  /** Must hold whenever all threads have ended: a function of the final words and the threads' returned values. */
  readonly final?: Conditions<[words: WordValues<Name>, values: ByThread<unknown>]>;
  /** The memory model: `sc`, sequential consistency, is what `Atomics` guarantees. */
  readonly model?: 'sc';
  /**
   * Groups of threads (by name or index) that run the same function and leave no trace of who they are in memory:
   * states that differ only in which of them is where are explored once. The result stays the same, except that
   * `states` and `transitions` count what was explored.
   */
  readonly identical?: readonly (readonly (string | number)[])[];
  /** Specification automata over the ghost events of `memory.note`. */
  readonly monitors?: readonly Monitor[];
}

/** One way in which the threads can end. */
export interface Outcome<Name extends string> {
  /** What each thread has returned, by name or index; `{ threw: message }` for one that has thrown. */
  readonly values: ByThread<unknown>;
  readonly memory: WordValues<Name>;
  /** How many interleavings end so: exact; null if infinitely many, or if the search is incomplete. */
  readonly interleavings: bigint | null;
  /** Fewest preemptions with which it happens; null if the search is incomplete. */
  readonly minPreemptions: number | null;
}

/** A state in which no thread can go on, though not all have ended. */
export interface Deadlock<Name extends string> {
  /** What each thread that has not ended waits for. */
  readonly waiting: ByThread<string>;
  readonly memory: WordValues<Name>;
  readonly interleavings: bigint | null;
  readonly minPreemptions: number | null;
}

/** One step of a schedule. */
export interface ScheduleStep {
  readonly thread: string;
  /** The port's operation. */
  readonly op: string;
  /** The operation's operands behind the word. */
  readonly operands: readonly number[];
  /** Name of the word; null for `choose`. */
  readonly word: string | null;
  readonly before: number | null;
  readonly after: number | null;
  /** What the operation has returned. */
  readonly result: number | boolean | null;
  /** Why another thread ran before; null if the same one did. */
  readonly switchedBecause: SwitchReason | null;
}

/** A property that does not hold, with the shortest story in which it does not. */
export interface ExploredViolation {
  /** `deadlock`, `cannot-finish`, `lost-wakeup`, `thread-threw`, a monitor's, or an invariant's or condition's name. */
  readonly property: string;
  readonly message: string;
  /** Null if no schedule was found within the budget. */
  readonly preemptions: number | null;
  /** Whether it is proven that no schedule with a lower cost (preemptions, then switches, then steps) exists. */
  readonly provenMinimal: boolean;
  readonly schedule: readonly ScheduleStep[];
  /** Replays the schedule (see `replayExploration`). */
  readonly replay: string | null;
  /** The story as text: a column for each thread. */
  readonly text: string;
}

/** What `explore` has found out. */
export interface ExplorationResult<Name extends string> {
  /** `holds` only if everything was explored; `violated` as soon as one violation is reachable. */
  readonly verdict: 'holds' | 'violated' | 'unknown';
  readonly complete: boolean;
  /** Why the search has ended early; null if it is complete. */
  readonly cut: string | null;
  readonly model: string;
  /** Distinct states, each thread's history included. */
  readonly states: number;
  /** Steps between them. */
  readonly transitions: number;
  /** All interleavings, those that deadlock included; null if infinitely many, or if the search is incomplete. */
  readonly interleavings: bigint | null;
  readonly outcomes: readonly Outcome<Name>[];
  readonly deadlocks: readonly Deadlock<Name>[];
  /** Whether every thread can always still come to its end; null if the search is incomplete. */
  readonly canAlwaysFinish: boolean | null;
  /** Threads that a fair scheduler can keep from their end for ever; null unless `starvation` was asked for. */
  readonly starved: readonly string[] | null;
  readonly violations: readonly ExploredViolation[];
}

/**
 * Runs plain functions over shared words under *every* interleaving, and says what can happen: all outcomes with
 * their exact numbers of interleavings and the fewest preemptions each one needs, deadlocks, broken invariants; and
 * for whatever goes wrong a shortest schedule, provably minimal.
 *
 * ```ts
 * const increment: ThreadFunction<'x'> = (m, word) => m.store(word.x, m.load(word.x) + 1);
 * const result = explore({
 *   words: { x: 0 },
 *   threads: [increment, increment],
 *   final: ({ x }) => x === 2 || `x is ${x}`,
 * });
 * // result.verdict === 'violated'; result.violations[0].text tells how an increment gets lost
 * ```
 *
 * A thread function must be synchronous, reach shared state through `memory` only, and depend on nothing but its
 * operations' results: it is run many times. It must not catch what the port throws. Loops without a bound need
 * `memory.loopHead(label, …locals)` at their head, or must wait with `awaitBits` or `awaitAdd`.
 */
export function explore<const Name extends string>(exploration: Exploration<Name>): ExplorationResult<Name> {
  const setting = new Setting(exploration);
  return setting.name(exploreProgram(setting.program, { ...exploration, budget: withClock(exploration.budget) }));
}

/** A budget of time, or a rate, needs a clock; nothing that is found depends on it. */
function withClock(budget: Budget = {}): Budget {
  return { now: () => performance.now(), ...budget };
}

/** Replays the schedule token of a violation through the plain functions; an error if they have changed since. */
export function replayExploration<const Name extends string>(exploration: Exploration<Name>, token: string): Replay {
  return replayToken(new Setting(exploration).program, token);
}

/** Translates between names and indices. */
class Setting<Name extends string> {
  readonly program: Program;
  readonly #wordNames: readonly Name[];
  readonly #threadNames: readonly string[];
  readonly #isList: boolean;

  constructor(exploration: Exploration<Name>) {
    const { words, threads, identical } = exploration;
    this.#wordNames = Object.keys(words) as Name[];
    this.#threadNames = Object.keys(threads);
    const initial = Int32Array.from(this.#wordNames, (name) => int32(name, words[name]));
    const indices = Object.freeze(
      Object.fromEntries(this.#wordNames.map((name, index) => [name, index])),
    ) as WordIndices<Name>;
    const functions = Object.values(threads) as readonly ThreadFunction<Name>[];
    // A list has threads 0, 1 …, which read better as T0, T1 … in messages; results are by index all the same.
    this.#isList = Array.isArray(threads);
    this.program = {
      initial,
      wordName: (word) => this.#wordNames[word] ?? `word[${word}]`,
      threads: functions.map((run, index) => ({
        name: this.#isList ? `T${index}` : (this.#threadNames[index] as string),
        run: (memory) => run(memory, indices),
      })),
      invariants: conditions('invariant', exploration.invariants).map(
        ([name, holds]): Invariant => ({ name, holds: (values) => verdict(() => holds(this.#byName(values))) }),
      ),
      final: conditions('final', exploration.final).map(
        ([name, holds]): FinalCondition => ({
          name,
          holds: (values, returned) => verdict(() => holds(this.#byName(values), this.#byThread(returned))),
        }),
      ),
      monitors: exploration.monitors ?? [],
      identical: (identical ?? []).map((group) => group.map((thread) => this.#threadIndex(thread))),
    };
  }

  name(result: ProgramResult): ExplorationResult<Name> {
    return {
      verdict: result.verdict,
      complete: result.complete,
      cut: result.cut,
      model: result.model,
      states: result.states,
      transitions: result.transitions,
      interleavings: result.interleavings,
      outcomes: result.outcomes.map(({ values, memory, interleavings, minPreemptions }) => ({
        values: this.#byThread(values),
        memory: this.#byName(memory),
        interleavings,
        minPreemptions,
      })),
      deadlocks: result.deadlocks.map(({ waiting, memory, interleavings, minPreemptions }) => ({
        waiting: Object.fromEntries(
          waiting.flatMap((what, thread) => (what === null ? [] : [[this.#threadNames[thread], what]])),
        ),
        memory: this.#byName(memory),
        interleavings,
        minPreemptions,
      })),
      canAlwaysFinish: result.canAlwaysFinish,
      starved: result.starved?.map((thread) => this.#threadNames[thread] as string) ?? null,
      violations: result.violations.map((violation) => this.#violation(violation, result.model)),
    };
  }

  #violation(violation: Violation, model: string): ExploredViolation {
    return {
      property: violation.property,
      message: violation.message,
      preemptions: violation.cost?.preemptions ?? null,
      provenMinimal: violation.provenMinimal,
      schedule: violation.trace.map((step) => this.#step(step)),
      replay: violation.token,
      text: counterexampleText(this.program, violation, model),
    };
  }

  #step({ thread, operation, result, before, after, switchedBecause }: TraceStep): ScheduleStep {
    const { kind, word, a, b, c } = operation;
    return {
      thread: this.#threadNames[thread] as string,
      op: opName(kind),
      operands: [a, b, c],
      word: kind === OpKind.choose ? null : (this.#wordNames[word] as string),
      before: before ?? null,
      after: after ?? null,
      result: hasNoResult(kind) ? null : hasBooleanResult(kind) ? result === 1 : result,
      switchedBecause: switchedBecause ?? null,
    };
  }

  #byName(words: Int32Array): WordValues<Name> {
    return Object.fromEntries(this.#wordNames.map((name, index) => [name, words[index]])) as WordValues<Name>;
  }

  #byThread(values: readonly unknown[]): ByThread<unknown> {
    if (this.#isList) return values as unknown as ByThread<unknown>;
    return Object.fromEntries(this.#threadNames.map((name, index) => [name, values[index]]));
  }

  #threadIndex(thread: string | number): number {
    const index = this.#threadNames.indexOf(String(thread));
    if (index < 0) throw new RangeError(`no thread "${thread}": there are ${this.#threadNames.join(', ')}`);
    return index;
  }
}

function int32(name: string, value: number): number {
  if ((value | 0) !== value) throw new RangeError(`word ${name} starts as ${value}: not a signed 32-bit integer`);
  return value;
}

function conditions<Arguments extends readonly unknown[]>(
  kind: string,
  given: Conditions<Arguments> | undefined,
): [string, Condition<Arguments>][] {
  if (given === undefined) return [];
  if (typeof given === 'function') return [[given.name === '' ? kind : given.name, given as Condition<Arguments>]];
  if (!Array.isArray(given)) return Object.entries(given as Record<string, Condition<Arguments>>);
  return (given as readonly Condition<Arguments>[]).map((condition, index) => [
    condition.name === '' ? `${kind} ${index}` : condition.name,
    condition,
  ]);
}

/** A condition that throws does not hold, for the reason that it gives. */
function verdict(condition: () => boolean | string | undefined): boolean | string {
  try {
    return condition() ?? true;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
