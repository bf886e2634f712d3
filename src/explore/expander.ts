import { GrowingList } from './growing-list.ts';
import { BREACHES, cacheSlot, DISABLED, type Machine } from './machine.ts';
import { finishHash, RowTable, rowFactor } from './row-table.ts';
import type { Step } from './step.ts';
import type { Symmetry } from './symmetry.ts';
import { COUNT_BASE, Tallies, UNREACHED } from './tallies.ts';

/**
 * The inner loop of the full search. It calls nothing that may have to grow: room is made before each batch, and a
 * batch ends early where it might run out. Rare events are written so that they need no code of their own, since code
 * that the compiler has not seen running makes it throw away what it has compiled.
 */
export class Expander {
  readonly table: RowTable;
  readonly tallies: Tallies;
  readonly ends = new GrowingList();
  readonly breaches = new Map<number, Step>();
  transitions = 0;
  layered = true;
  /** The next state to expand. */
  next = 0;
  #levelEnd = 1;
  /** How many moves of one state there is room for. */
  #roomForMoves = 0;
  /** Room for the moves of one state. */
  #moveThread = new Int32Array(32);
  #moveStore = new Int32Array(32);
  #moveNode = new Int32Array(32);
  readonly #machine: Machine;
  readonly #symmetry: Symmetry | undefined;
  readonly #factors: Int32Array;
  readonly #row: Int32Array;
  readonly #target: Int32Array;

  constructor(machine: Machine, symmetry: Symmetry | undefined) {
    const stride = machine.threadCount + 1;
    this.#machine = machine;
    this.#symmetry = symmetry;
    this.table = new RowTable(stride);
    this.tallies = new Tallies(machine.threadCount);
    this.#factors = Int32Array.from({ length: stride }, (_, column) => rowFactor(column));
    this.#row = new Int32Array(stride);
    this.#target = new Int32Array(stride);
    this.#row[0] = machine.initialStore;
    this.#row.set(machine.roots, 1);
    symmetry?.sort(this.#row, 0);
    this.table.intern(this.#row);
  }

  /** Expands up to `batch` states, as far as there is room (see `makeRoom`). */
  expand(batch: number): void {
    const { table, tallies, ends } = this;
    const machine = this.#machine;
    const symmetry = this.#symmetry;
    const factors = this.#factors;
    const row = this.#row;
    const target = this.#target;
    const threads = machine.threadCount;
    const stride = threads + 1;
    const moves = this.#roomForMoves;
    const { rows, slots, mask } = table;
    const { low, high, preemptions } = tallies;
    const { items: endItems } = ends;
    const capacity = Math.min(table.capacity, tallies.capacity);
    const batchEnd = this.next + batch;
    let { cache, cacheMask } = machine;
    let { moves: nodeMoves } = machine.trees.nodes;
    const moveThread = this.#moveThread;
    const moveStore = this.#moveStore;
    const moveNode = this.#moveNode;
    let count = table.count;
    let { transitions } = this;
    let { length: endCount } = ends;
    let isLayered = this.layered;
    let levelEnd = this.#levelEnd;
    let state = this.next;

    try {
      for (; state < batchEnd && state < count && count + moves <= capacity; state++) {
        if (state === levelEnd) levelEnd = count;
        const base = state * stride;
        const store = rows[base] as number;
        let sum = Math.imul(store, factors[0] as number);
        let found = 0;
        let enabled = 0;
        let breaks = 0;
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
            const isEnabled = next === DISABLED ? 0 : 1;
            enabled |= isEnabled << thread;
            breaks |= isEnabled & (next >>> 30);
            // A disabled move is overwritten by the one behind it.
            moveThread[found] = thread;
            moveStore[found] = cache[at + 2] as number;
            moveNode[found] = next & ~BREACHES;
            found += isEnabled;
          }
        }
        // A choice among more alternatives than ever before: come back to this state with room for them.
        if (machine.maxMoves > moves) break;
        if (breaks !== 0) this.#recordBreaches(state, store);
        endItems[endCount] = state;
        endCount += found === 0 ? 1 : 0;
        transitions += found;

        const countLow = low[state] as number;
        const countHigh = high[state] as number;
        // Fewest preemptions with any thread last, plus the preemption of it where it could go on.
        let switched = UNREACHED;
        const paths = state * threads;
        for (let last = 0; last < threads; last++) {
          const so = (((preemptions[paths + last] as number) + UNREACHED) & 0xffff) + ((enabled >> last) & 1);
          switched = Math.min(so, switched);
        }
        // Nobody runs before the first step.
        switched = state === 0 ? 0 : switched;

        for (let i = 0; i < found; i++) {
          const thread = moveThread[i] as number;
          const nextStore = moveStore[i] as number;
          const nextNode = moveNode[i] as number;
          const node = row[1 + thread] as number;
          let last = thread;
          let goal = row;
          let hash = 0;
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
            reached = count++;
            const at = reached * stride;
            for (let column = 0; column < stride; column++) rows[at + column] = goal[column] as number;
            slots[2 * slot] = hash;
            slots[2 * slot + 1] = count;
          }
          // A step to a state of this level or an earlier one.
          isLayered = isLayered && reached >= levelEnd;
          row[1 + thread] = node;

          const lowSum = (low[reached] as number) + countLow;
          const carry = lowSum >= COUNT_BASE ? 1 : 0;
          low[reached] = lowSum - carry * COUNT_BASE;
          high[reached] = (high[reached] as number) + countHigh + carry;
          const stayed = ((preemptions[paths + thread] as number) + UNREACHED) & 0xffff;
          const fewest = Math.min(stayed, switched);
          const place = reached * threads + last;
          const before = ((preemptions[place] as number) + UNREACHED) & 0xffff;
          preemptions[place] = Math.min(fewest, before) - UNREACHED;
        }
      }
    } finally {
      table.count = count;
      ends.length = endCount;
      this.transitions = transitions;
      this.layered = isLayered;
      this.#levelEnd = levelEnd;
      this.next = state;
    }
  }

  /** Makes room for the expansion of at least one more state, and for as many ends as there may be in a batch. */
  makeRoom(batch: number): void {
    const { table, tallies, ends } = this;
    const moves = this.#machine.maxMoves;
    table.reserve(table.count + moves + 1);
    tallies.reserve(table.count + moves + 1);
    ends.reserve(ends.length + batch + 1);
    if (moves >= this.#moveThread.length) {
      this.#moveThread = widened(this.#moveThread, moves);
      this.#moveStore = widened(this.#moveStore, moves);
      this.#moveNode = widened(this.#moveNode, moves);
    }
    this.#roomForMoves = moves;
  }

  #recordBreaches(state: number, store: number): void {
    const machine = this.#machine;
    for (let thread = 0; thread < machine.threadCount; thread++) {
      const node = this.#row[1 + thread] as number;
      const end = node + (machine.trees.nodes.moves[node] as number);
      for (let move = node; move < end; move++) {
        for (const breach of machine.stepBreaches(store, move)) {
          if (!this.breaches.has(breach)) this.breaches.set(breach, { state, thread, move });
        }
      }
    }
  }
}

function widened(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(2 * length);
  wider.set(array);
  return wider;
}
