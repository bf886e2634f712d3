import type { BudgetWatch } from './budget.ts';
import { endlessThread } from './decision-trees.ts';
import { GrowingList } from './growing-list.ts';
import { BREACHES, cacheSlot, DISABLED, type Machine } from './machine.ts';
import { finishHash, grown, RowTable, rowFactor } from './row-table.ts';
import type { Symmetry } from './symmetry.ts';

/** Path counts are pairs (high, low) of doubles with 52 bits each: exact up to 2^104. */
export const COUNT_BASE = 2 ** 52;
/** In place of the fewest preemptions: no way leads here with this thread last. */
export const UNREACHED = 0xffff;
/** Between two looks at the budget. */
const EXPANSIONS_PER_CHECK = 4096;
const INITIAL_STATES = 1024;

/** A step, as the state it starts from, the thread and the move. */
export interface Step {
  readonly state: number;
  readonly thread: number;
  readonly move: number;
}

/** What a full search has found. */
export interface FullSearch {
  readonly states: RowTable;
  readonly transitions: number;
  /** Why the search has ended early; undefined if it is complete. */
  readonly cut: string | undefined;
  /** States without an enabled move. */
  readonly ends: GrowingList;
  /** For each breach of a step the first step found to break it. */
  readonly breaches: ReadonlyMap<number, Step>;
  /**
   * Whether every step leads from one breadth-first level to the next. Then no state lies on a cycle, and the numbers
   * below, which are collected level by level, are exact.
   */
  readonly layered: boolean;
  /** Interleavings that lead to each state. */
  readonly countLow: Float64Array;
  readonly countHigh: Float64Array;
  /** Fewest preemptions to a state with each thread last: `threads` entries a state. */
  readonly preemptions: Uint16Array;
  /** The state from which each one was first reached. */
  readonly parents: Int32Array;
}

/** Counts that grow with the states. */
class Tallies {
  low = new Float64Array(INITIAL_STATES);
  high = new Float64Array(INITIAL_STATES);
  parents = new Int32Array(INITIAL_STATES);
  preemptions: Uint16Array;
  readonly #threads: number;

  constructor(threads: number) {
    this.#threads = threads;
    this.preemptions = new Uint16Array(INITIAL_STATES * threads).fill(UNREACHED);
  }

  get bytesPerState(): number {
    return 20 + 2 * this.#threads;
  }

  grow(): void {
    const length = 2 * this.low.length;
    const low = new Float64Array(length);
    low.set(this.low);
    this.low = low;
    const high = new Float64Array(length);
    high.set(this.high);
    this.high = high;
    this.parents = grown(this.parents, length);
    const preemptions = new Uint16Array(length * this.#threads);
    preemptions.set(this.preemptions);
    preemptions.fill(UNREACHED, this.preemptions.length);
    this.preemptions = preemptions;
  }
}

/**
 * Every state and every step, breadth first. While the program's trees have no cycles, each level is complete before
 * the next begins, so the numbers of interleavings and the fewest preemptions come with the search itself.
 */
export function searchFully(machine: Machine, symmetry: Symmetry | undefined, watch: BudgetWatch): FullSearch {
  const threads = machine.threadCount;
  const stride = threads + 1;
  const table = new RowTable(stride);
  const tallies = new Tallies(threads);
  const ends = new GrowingList();
  const breaches = new Map<number, Step>();
  const factors = Int32Array.from({ length: stride }, (_, column) => rowFactor(column));
  const row = new Int32Array(stride);
  const target = new Int32Array(stride);
  const moveList = new MoveList();

  row[0] = machine.initialStore;
  row.set(machine.roots, 1);
  symmetry?.sort(row, 0);
  table.intern(row);
  tallies.low[0] = 1;

  let { rows, slots, mask } = table;
  let { cache, cacheMask } = machine;
  let { moves: nodeMoves } = machine.trees.nodes;
  let { low, high, preemptions, parents } = tallies;
  let { thread: moveThread, store: moveStore, node: moveNode } = moveList;
  let transitions = 0;
  let layered = true;
  let levelEnd = 1;
  let cut: string | undefined;
  let untilCheck = 1;

  try {
    for (let state = 0; state < table.count; state++) {
      if (--untilCheck === 0) {
        untilCheck = EXPANSIONS_PER_CHECK;
        const bytes = table.bytes + table.count * tallies.bytesPerState + machine.bytes;
        cut = watch.check(table.count, state, transitions, bytes);
        if (cut !== undefined) break;
      }
      if (state === levelEnd) levelEnd = table.count;

      const base = state * stride;
      const store = rows[base] as number;
      let sum = Math.imul(store, factors[0] as number);
      let found = 0;
      let enabled = 0;
      for (let thread = 0; thread < threads; thread++) {
        const node = rows[base + 1 + thread] as number;
        row[1 + thread] = node;
        sum = (sum + Math.imul(node, factors[1 + thread] as number)) | 0;
        const last = node + (nodeMoves[node] as number);
        for (let move = node; move < last; move++) {
          let at = cacheSlot(store, move) & cacheMask;
          while (cache[at] !== store || cache[at + 1] !== move) {
            if (cache[at] === -1) {
              at = machine.resolve(store, move);
              cache = machine.cache;
              cacheMask = machine.cacheMask;
              nodeMoves = machine.trees.nodes.moves;
              break;
            }
            at = (at + 4) & cacheMask;
          }
          const next = cache[at + 3] as number;
          if (next === DISABLED) continue;
          enabled |= 1 << thread;
          if (found === moveThread.length) {
            moveList.grow();
            moveThread = moveList.thread;
            moveStore = moveList.store;
            moveNode = moveList.node;
          }
          moveThread[found] = thread;
          moveStore[found] = cache[at + 2] as number;
          moveNode[found] = next;
          found++;
          if (next >= BREACHES) {
            for (const breach of machine.stepBreaches(store, move)) {
              if (!breaches.has(breach)) breaches.set(breach, { state, thread, move });
            }
          }
        }
      }
      if (found === 0) {
        ends.push(state);
        continue;
      }
      transitions += found;

      const countLow = low[state] as number;
      const countHigh = high[state] as number;
      // Fewest preemptions with any thread last, plus the preemption of it where it could go on.
      let switched = UNREACHED;
      const paths = state * threads;
      for (let last = 0; last < threads; last++) {
        const so = (preemptions[paths + last] as number) + ((enabled >> last) & 1);
        if (so < switched) switched = so;
      }
      // Nobody runs before the first step.
      if (state === 0) switched = 0;

      for (let i = 0; i < found; i++) {
        const thread = moveThread[i] as number;
        const nextStore = moveStore[i] as number;
        const nextNode = (moveNode[i] as number) & ~BREACHES;
        const node = row[1 + thread] as number;
        let last = thread;
        let goal = row;
        let hash: number;
        if (symmetry === undefined) {
          hash = finishHash(
            (sum +
              Math.imul(nextStore - store, factors[0] as number) +
              Math.imul(nextNode - node, factors[1 + thread] as number)) |
              0,
          );
          row[0] = nextStore;
          row[1 + thread] = nextNode;
        } else {
          target.set(row);
          target[0] = nextStore;
          target[1 + thread] = nextNode;
          last = 31 - Math.clz32(symmetry.sort(target, 1 << thread));
          let all = 0;
          for (let column = 0; column < stride; column++) {
            all = (all + Math.imul(target[column] as number, factors[column] as number)) | 0;
          }
          hash = finishHash(all);
          goal = target;
        }

        let slot = hash & mask;
        let reached = -1;
        for (;;) {
          const entry = slots[2 * slot + 1] as number;
          if (entry === 0) break;
          if (slots[2 * slot] === hash) {
            const at = (entry - 1) * stride;
            let column = 0;
            while (column < stride && rows[at + column] === goal[column]) column++;
            if (column === stride) {
              reached = entry - 1;
              break;
            }
          }
          slot = (slot + 1) & mask;
        }
        if (reached < 0) {
          reached = table.append(goal, hash, slot);
          rows = table.rows;
          slots = table.slots;
          mask = table.mask;
          if (reached === low.length) {
            tallies.grow();
            low = tallies.low;
            high = tallies.high;
            preemptions = tallies.preemptions;
            parents = tallies.parents;
          }
          parents[reached] = state;
        } else if (reached < levelEnd) {
          layered = false;
        }
        row[1 + thread] = node;

        const lowSum = (low[reached] as number) + countLow;
        if (lowSum >= COUNT_BASE) {
          low[reached] = lowSum - COUNT_BASE;
          high[reached] = (high[reached] as number) + countHigh + 1;
        } else {
          low[reached] = lowSum;
          high[reached] = (high[reached] as number) + countHigh;
        }
        const stayed = preemptions[paths + thread] as number;
        const fewest = stayed < switched ? stayed : switched;
        if (fewest < (preemptions[reached * threads + last] as number)) preemptions[reached * threads + last] = fewest;
      }
    }
  } catch (error) {
    cut = endlessThread(error);
  }
  return {
    states: table,
    transitions,
    cut,
    ends,
    breaches,
    layered,
    countLow: low,
    countHigh: high,
    preemptions,
    parents,
  };
}

/** The enabled moves of one state. */
class MoveList {
  thread = new Int32Array(32);
  store = new Int32Array(32);
  node = new Int32Array(32);

  grow(): void {
    const length = 2 * this.thread.length;
    for (const field of ['thread', 'store', 'node'] as const) {
      const wider = new Int32Array(length);
      wider.set(this[field]);
      this[field] = wider;
    }
  }
}
