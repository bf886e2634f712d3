import type { EndStates } from './end-states.ts';
import type { Search } from './full-search.ts';
import type { GraphPasses } from './graph-passes.ts';
import type { Judge } from './judge.ts';
import type { Machine } from './machine.ts';
import type { ProgramDeadlock, ProgramOutcome } from './program-result.ts';
import type { Symmetry } from './symmetry.ts';

interface OutcomeTally {
  readonly outcome: number;
  interleavings: bigint | null;
  minPreemptions: number | null;
}

/** Counts the states in which the program ends, by outcome. */
export class EndTally {
  /** All states without an enabled move. */
  readonly ends: readonly number[];
  readonly deadlocked: readonly number[];
  /** Ends in which not every thread has come to its end. */
  readonly stuck: number;
  /** Interleavings in all; null if some number is not known. */
  readonly interleavings: bigint | null;
  readonly #machine: Machine;
  readonly #search: Search;
  readonly #symmetry: Symmetry | undefined;
  readonly #ends: EndStates;
  readonly #passes: GraphPasses;
  readonly #tallies = new Map<number, OutcomeTally>();

  constructor(machine: Machine, search: Search, symmetry: Symmetry | undefined, ends: EndStates, passes: GraphPasses) {
    this.#machine = machine;
    this.#search = search;
    this.#symmetry = symmetry;
    this.#ends = ends;
    this.#passes = passes;
    const deadlocked: number[] = [];
    let total: bigint | null = 0n;
    let stuck = 0;
    this.ends = Array.from(search.ends.items.subarray(0, search.ends.length));
    for (const state of this.ends) {
      const interleavings = passes.interleavings(state);
      total = sum(total, interleavings);
      const row = this.rowOf(state);
      const kind = ends.kindOf(row);
      if (kind !== 'finished') stuck++;
      if (kind === 'deadlock') deadlocked.push(state);
      if (kind === 'finished') this.#count(row, interleavings, passes.minPreemptions(state));
    }
    this.deadlocked = deadlocked;
    this.stuck = stuck;
    this.interleavings = total;
  }

  rowOf(state: number): Int32Array {
    const { rows, stride } = this.#search.states;
    return rows.subarray(state * stride, (state + 1) * stride);
  }

  /** Breaches of the states in which the program ends. */
  breaches(judge: Judge): Set<number> {
    const found = new Set<number>();
    for (const state of this.ends) {
      for (const row of this.#members(this.rowOf(state))) for (const breach of judge.end(row)) found.add(breach);
    }
    return found;
  }

  outcomes(): ProgramOutcome[] {
    const { threadCount } = this.#machine;
    return [...this.#tallies.values()].map(({ outcome, interleavings, minPreemptions }) => ({
      values: Array.from({ length: threadCount }, (_, thread) => this.#ends.valueOf(outcome, thread)),
      memory: this.#ends.memoryOf(outcome),
      interleavings,
      minPreemptions,
    }));
  }

  deadlocks(): ProgramDeadlock[] {
    const { trees, threadCount } = this.#machine;
    return this.deadlocked.flatMap((state) => {
      const rows = this.#members(this.rowOf(state));
      return rows.map((row) => ({
        waiting: Array.from({ length: threadCount }, (_, thread) => {
          const node = row[1 + thread] as number;
          return trees.nodes.moves[node] === 0 ? null : trees.describe(node);
        }),
        memory: this.#ends.wordsOf(row),
        interleavings: share(this.#passes.interleavings(state), rows.length),
        minPreemptions: this.#passes.minPreemptions(state),
      }));
    });
  }

  #count(row: Int32Array, interleavings: bigint | null, minPreemptions: number | null): void {
    // By symmetry each arrangement that a canonical state stands for is reached equally often and equally easily.
    const members = this.#members(row);
    const each = share(interleavings, members.length);
    for (const member of members) {
      const outcome = this.#ends.outcomeOf(member);
      const tally = this.#tallies.get(outcome);
      if (tally === undefined) {
        this.#tallies.set(outcome, { outcome, interleavings: each, minPreemptions });
        continue;
      }
      tally.interleavings = sum(tally.interleavings, each);
      if (minPreemptions !== null && tally.minPreemptions !== null) {
        tally.minPreemptions = Math.min(tally.minPreemptions, minPreemptions);
      }
    }
  }

  #members(row: Int32Array): readonly Int32Array[] {
    return this.#symmetry === undefined ? [row] : this.#symmetry.orbit(row);
  }
}

function sum(left: bigint | null, right: bigint | null): bigint | null {
  return left === null || right === null ? null : left + right;
}

function share(count: bigint | null, among: number): bigint | null {
  return count === null ? null : count / BigInt(among);
}
