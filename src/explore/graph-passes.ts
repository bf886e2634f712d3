import { canReach } from './can-finish.ts';
import { fewestPreemptions } from './fewest-preemptions.ts';
import type { Search } from './full-search.ts';
import type { Machine } from './machine.ts';
import { countPaths, type PathCounts } from './path-counts.ts';
import { starvedThreads } from './starvation.ts';
import { StateGraph } from './state-graph.ts';
import type { Symmetry } from './symmetry.ts';
import { COUNT_BASE, UNREACHED } from './tallies.ts';

const NO_STATES: ReadonlySet<number> = new Set();

/**
 * Numbers of interleavings and fewest preemptions by state, and states from which the program cannot end. A layered
 * search has the first two already and cannot have the third; otherwise they are worked out over all steps.
 */
export class GraphPasses {
  readonly #machine: Machine;
  readonly #search: Search;
  /** Whether everything was explored, and every step of it. */
  readonly #hasAllSteps: boolean;
  readonly #symmetry: Symmetry | undefined;
  readonly #isExact: boolean;
  #graph: StateGraph | undefined;
  #counts: PathCounts | undefined;
  /** Worked out over all steps; a layered search has them in its tallies. */
  #preemptions: Uint16Array | undefined;

  constructor(machine: Machine, search: Search, symmetry: Symmetry | undefined) {
    this.#machine = machine;
    this.#search = search;
    this.#symmetry = symmetry;
    this.#hasAllSteps = search.cut === undefined && search.tallies !== undefined;
    this.#isExact = search.layered && !countsOverflow(search);
    if (this.#hasAllSteps && !this.#isExact) this.#counts = countPaths(this.#allSteps());
    if (this.#hasAllSteps && !search.layered) this.#preemptions = fewestPreemptions(this.#allSteps());
  }

  /** Whether there are finitely many interleavings, and all of them are known. */
  get areFinite(): boolean {
    if (!this.#hasAllSteps) return false;
    return this.#counts?.areFinite ?? true;
  }

  /** Interleavings that lead to the state; null if infinite or not known. */
  interleavings(state: number): bigint | null {
    const { tallies } = this.#search;
    if (!this.#hasAllSteps || tallies === undefined) return null;
    if (this.#counts !== undefined) return this.#counts.of(state);
    const { low, high } = tallies;
    return BigInt(high[state] as number) * BigInt(COUNT_BASE) + BigInt(low[state] as number);
  }

  /** Fewest preemptions on a way to the state; null if not known. */
  minPreemptions(state: number): number | null {
    const { tallies } = this.#search;
    if (!this.#hasAllSteps || tallies === undefined) return null;
    if (state === 0) return 0;
    const threads = this.#machine.threadCount;
    let fewest = UNREACHED;
    for (let last = 0; last < threads; last++) {
      const here = this.#preemptions?.[state * threads + last] ?? tallies.fewest(state, last);
      fewest = Math.min(fewest, here);
    }
    return fewest;
  }

  /** States from which no end can be reached, not even a deadlock; undefined if that is not known. */
  traps(ends: Iterable<number>): ReadonlySet<number> | undefined {
    if (this.#search.cut !== undefined) return undefined;
    // Only a loop head can lead a thread back to where it was: without one every way comes to an end.
    if (!this.#machine.trees.hasLoopHeads) return NO_STATES;
    const reaches = canReach(this.#allSteps(), ends);
    const traps = new Set<number>();
    reaches.forEach((canEnd, state) => {
      if (canEnd === 0) traps.add(state);
    });
    return traps;
  }

  /** Threads that a fair scheduler can keep from their end for ever; null if that is not known. */
  starved(): readonly number[] | null {
    if (this.#search.cut !== undefined) return null;
    if (!this.#machine.trees.hasLoopHeads) return [];
    return starvedThreads(this.#machine, this.#search.states, this.#allSteps());
  }

  #allSteps(): StateGraph {
    const { states, transitions, tallies } = this.#search;
    // A search that has left out steps has counted only those that it took.
    const known = tallies === undefined ? undefined : transitions;
    this.#graph ??= new StateGraph(this.#machine, states, this.#symmetry, known);
    return this.#graph;
  }
}

function countsOverflow({ tallies, states }: Search): boolean {
  for (let state = 0; state < states.count; state++) {
    if ((tallies?.high[state] ?? 0) >= COUNT_BASE) return true;
  }
  return false;
}
