import type { Rules } from '../mmu/rules.ts';
import { leaveGuest } from '../mmu/vcpu.ts';
import { parseScenario } from '../scenario/parse-scenario.ts';
import { performOperation } from '../scenario/perform-operation.ts';
import type { Actor } from '../scenario/scenario-machine.ts';
import { HarnessError } from '../shared/harness-error.ts';
import { derivePrng } from '../shared/seed.ts';
import { ThreadMemory } from '../shared/thread-memory.ts';
import { brokenRulesNamed, variantNamed } from '../variants/named-rules.ts';
import { variantNames } from '../variants/variants.ts';
import type { ScenarioText } from './check-task.ts';
import { type ScenarioProgram, scenarioProgram } from './scenario-program.ts';

/** One thread of a scenario that races on real threads, round after round. */
export interface RaceTask {
  readonly scenario: ScenarioText;
  readonly variant: string;
  readonly mutant: string | null;
  /** Index of the thread among the scenario's. */
  readonly thread: number;
  readonly repeat: number;
  readonly seed: string;
  /** The arena. */
  readonly words: Int32Array;
  /** See `RaceControl`. */
  readonly control: Int32Array;
}

export interface RaceResult {
  /** The distinct lists of results that the thread has returned. */
  readonly distinct: readonly (readonly string[])[];
  /** For each round, which of them. */
  readonly rounds: readonly number[];
}

export const RaceControl = {
  /** The round that has begun. */
  round: 0,
  /** Threads that have ended the round. */
  arrived: 1,
  /** Anything but 0: no further round. */
  stop: 2,
} as const;

const WAIT_MS = 10_000;
/** Threads begin a round up to so many loops apart, so that different steps meet. */
const MAX_JITTER = 1000;
/** Looks at a control word before a thread goes to sleep. */
const SPINS = 20_000;

export function raceProgram(scenario: ScenarioText, variant: string, mutant: string | null): ScenarioProgram {
  const rules: Rules = {
    ...variantNamed(variant).rules,
    ...(mutant === null ? {} : brokenRulesNamed(mutant)),
  };
  return scenarioProgram(parseScenario(scenario.text, { file: scenario.place, variants: variantNames() }), rules);
}

/** Runs the thread's operations in each round. Thread 0 lays the words out anew in front of each. */
export function raceScenario(task: RaceTask): RaceResult {
  const { control, thread: index, words } = task;
  const { machine, program } = raceProgram(task.scenario, task.variant, task.mutant);
  const { scenario } = machine;
  const thread = scenario.threads[index] as (typeof scenario.threads)[number];
  const actor = machine.actors.find(({ name }) => name === thread.name) as Actor;
  const m = new ThreadMemory(words, { waiters: machine.waiters, layout: machine.layout, waitBoundMs: WAIT_MS });
  const jitter = derivePrng(task.seed, `race ${thread.name}`);
  const ids = new Map<string, number>();
  const distinct: string[][] = [];
  const rounds: number[] = [];
  for (let round = 1; round <= task.repeat; round++) {
    if (index === 0) {
      awaitValue(control, RaceControl.arrived, (arrived) => arrived === (round === 1 ? 0 : scenario.threads.length));
      words.set(program.initial);
      Atomics.store(control, RaceControl.arrived, 0);
      if (Atomics.load(control, RaceControl.stop) !== 0) Atomics.store(control, RaceControl.round, -1);
      else Atomics.store(control, RaceControl.round, round);
      Atomics.notify(control, RaceControl.round);
    }
    const begun = awaitValue(control, RaceControl.round, (value) => value === round || value < 0);
    if (begun < 0) break;
    for (let spin = jitter.below(MAX_JITTER); spin > 0; spin--) m.loopHead();
    const results = thread.operations.map((operation) => performOperation(m, machine, actor, operation));
    if (actor.isVcpu) leaveGuest(m, actor.own.vm, actor.thread);
    const key = JSON.stringify(results);
    let id = ids.get(key);
    if (id === undefined) {
      id = distinct.push(results) - 1;
      ids.set(key, id);
    }
    rounds.push(id);
    Atomics.add(control, RaceControl.arrived, 1);
    Atomics.notify(control, RaceControl.arrived);
  }
  return { distinct, rounds };
}

function awaitValue(control: Int32Array, word: number, isRight: (value: number) => boolean): number {
  // A thread that sleeps wakes up long after a round is over: those that race must be awake.
  for (let spin = 0; spin < SPINS; spin++) {
    const value = Atomics.load(control, word);
    if (isRight(value)) return value;
  }
  const deadline = performance.now() + WAIT_MS;
  for (let value = Atomics.load(control, word); ; value = Atomics.load(control, word)) {
    if (isRight(value)) return value;
    if (performance.now() > deadline) throw new HarnessError(`a thread of the scenario has not come in ${WAIT_MS} ms`);
    Atomics.wait(control, word, value, 50);
  }
}
