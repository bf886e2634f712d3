import type { Prng } from '../shared/prng.ts';
import { BREACHES, type Machine } from './machine.ts';
import type { Choice, JudgeState } from './minimal-search.ts';

/** How a random run chooses its next thread: `pct` with one, two or three priorities changed on the way, or evenly. */
type SmokeStrategy = 'pct-1' | 'pct-2' | 'pct-3' | 'random-walk';

/** A breach that a random run has found: fast, but with a schedule that is anything but minimal. */
interface SmokeFinding {
  readonly choices: readonly Choice[];
  readonly strategy: SmokeStrategy;
  /** Number of the run, from 1. */
  readonly run: number;
}

export interface SmokeResult {
  readonly runs: number;
  readonly found: ReadonlyMap<number, SmokeFinding>;
}

const STRATEGIES: readonly SmokeStrategy[] = ['pct-1', 'pct-2', 'pct-3', 'random-walk'];
/** A run is given up here: some loops end only with probability 1. */
const MAX_STEPS = 5000;
/** A thread that does so many steps in a row without changing anything spins, and must let others run. */
const MAX_IDLE_STEPS = 16;

/**
 * Random runs, before the full search: probabilistic concurrency testing (Burckhardt et al. 2010) with bug depths 1 to
 * 3, and random walks, in turn. A bug of depth d is found by a run with probability 1 / (threads x steps^(d - 1)) at
 * least; that nothing was found says nothing.
 */
export function smoke(machine: Machine, judge: JudgeState, prng: Prng, runs: number): SmokeResult {
  const found = new Map<number, SmokeFinding>();
  /** Length of the longest run so far: where priorities may change. */
  let longest = 1;
  let run = 0;
  while (run < runs) {
    const strategy = STRATEGIES[run % STRATEGIES.length] as SmokeStrategy;
    run++;
    const walker = new Walker(machine, judge, prng, strategy, longest);
    const breaches = walker.walk();
    longest = Math.max(longest, walker.choices.length);
    for (const breach of breaches)
      if (!found.has(breach)) found.set(breach, { choices: walker.choices, strategy, run });
    if (found.size > 0) break;
  }
  return { runs: run, found };
}

/** One random run. */
class Walker {
  readonly choices: Choice[] = [];
  readonly #machine: Machine;
  readonly #judge: JudgeState;
  readonly #prng: Prng;
  readonly #isWalk: boolean;
  /** Higher runs first. */
  readonly #priorities: number[];
  readonly #changeAt: number[];
  readonly #row: Int32Array;
  #lowest = 0;
  #idle = 0;

  constructor(machine: Machine, judge: JudgeState, prng: Prng, strategy: SmokeStrategy, length: number) {
    this.#machine = machine;
    this.#judge = judge;
    this.#prng = prng;
    this.#isWalk = strategy === 'random-walk';
    this.#priorities = shuffled(prng, machine.threadCount);
    const changes = this.#isWalk ? 0 : Number(strategy.at(-1)) - 1;
    this.#changeAt = Array.from({ length: changes }, () => prng.below(length));
    this.#row = new Int32Array(machine.threadCount + 1);
    this.#row[0] = machine.initialStore;
    this.#row.set(machine.roots, 1);
  }

  /** Runs until the first breach, the end, or for too long; returns what was broken. */
  walk(): readonly number[] {
    for (let step = 0; step < MAX_STEPS; step++) {
      const enabled = this.#enabledThreads();
      const mask = enabled.reduce((bits, thread) => bits | (1 << thread), 0);
      const broken = this.#judge(this.#row, mask);
      if (broken.length > 0 || enabled.length === 0) return broken;
      const breaches = this.#step(this.#pick(enabled, step));
      if (breaches.length > 0) return breaches;
    }
    return [];
  }

  #enabledThreads(): number[] {
    const { trees } = this.#machine;
    const enabled: number[] = [];
    for (let thread = 0; thread < this.#machine.threadCount; thread++) {
      const node = this.#row[1 + thread] as number;
      if (trees.nodes.moves[node] === 0) continue;
      if (this.#machine.isEnabled(this.#row[0] as number, node)) enabled.push(thread);
    }
    return enabled;
  }

  #pick(enabled: readonly number[], step: number): number {
    if (this.#isWalk) return enabled[this.#prng.below(enabled.length)] as number;
    const first = this.#mostUrgent(enabled);
    if (!this.#changeAt.includes(step) && this.#idle < MAX_IDLE_STEPS) return first;
    this.#priorities[first] = --this.#lowest;
    this.#idle = 0;
    return this.#mostUrgent(enabled);
  }

  #mostUrgent(enabled: readonly number[]): number {
    return enabled.reduce((best, thread) =>
      (this.#priorities[thread] as number) > (this.#priorities[best] as number) ? thread : best,
    );
  }

  #step(thread: number): readonly number[] {
    const machine = this.#machine;
    const store = this.#row[0] as number;
    const node = this.#row[1 + thread] as number;
    const alternative = this.#prng.below(machine.trees.nodes.moves[node] as number);
    const at = machine.step(store, node + alternative);
    const next = machine.cache[at + 3] as number;
    const nextStore = machine.cache[at + 2] as number;
    this.#row[0] = nextStore;
    this.#row[1 + thread] = next & ~BREACHES;
    this.#idle = nextStore === store ? this.#idle + 1 : 0;
    this.choices.push({ thread, alternative });
    return next >= BREACHES ? machine.stepBreaches(store, node + alternative) : [];
  }
}

/** The numbers 1 … n in random order. */
function shuffled(prng: Prng, n: number): number[] {
  const order = Array.from({ length: n }, (_, index) => index + 1);
  for (let i = n - 1; i > 0; i--) {
    const j = prng.below(i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}
