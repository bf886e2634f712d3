import { BREACHES, DISABLED, type Machine } from './machine.ts';
import type { RowTable } from './row-table.ts';
import type { Symmetry } from './symmetry.ts';

/**
 * All steps between known states, worked out again from the table: the edges that the passes over cyclic programs
 * need, and that the search does not keep.
 */
export class StateGraph {
  readonly stateCount: number;
  readonly threadCount: number;
  /** Edges of state `s`: `first[s] … first[s + 1] - 1`. */
  readonly first: Int32Array;
  readonly target: Int32Array;
  /** The thread that takes the step, and which thread it is in the target. */
  readonly thread: Uint8Array;
  readonly last: Uint8Array;

  /** `transitions`, if known, is how many steps there are. */
  constructor(machine: Machine, states: RowTable, symmetry: Symmetry | undefined, transitions: number | undefined) {
    const threads = machine.threadCount;
    this.threadCount = threads;
    this.stateCount = states.count;
    this.first = new Int32Array(states.count + 1);
    // Otherwise there is room for more steps than there can be: what is not touched costs nothing.
    const room = transitions ?? states.count * machine.maxMoves;
    const target = new Int32Array(room);
    const takenBy = new Uint8Array(room);
    const becomes = new Uint8Array(room);
    const { stride } = states;
    const row = new Int32Array(stride);
    let edge = 0;
    for (let state = 0; state < states.count; state++) {
      this.first[state] = edge;
      const base = state * stride;
      const store = states.rows[base] as number;
      for (let thread = 0; thread < threads; thread++) {
        const node = states.rows[base + 1 + thread] as number;
        const end = node + (machine.trees.nodes.moves[node] as number);
        for (let move = node; move < end; move++) {
          const step = machine.step(store, move);
          const next = machine.cache[step + 3] as number;
          if (next === DISABLED) continue;
          for (let column = 0; column < stride; column++) row[column] = states.rows[base + column] as number;
          row[0] = machine.cache[step + 2] as number;
          row[1 + thread] = next & ~BREACHES;
          const last = symmetry === undefined ? thread : 31 - Math.clz32(symmetry.sort(row, 1 << thread));
          target[edge] = states.find(row);
          takenBy[edge] = thread;
          becomes[edge] = last;
          edge++;
        }
      }
    }
    this.first[states.count] = edge;
    this.target = target.subarray(0, edge);
    this.thread = takenBy.subarray(0, edge);
    this.last = becomes.subarray(0, edge);
  }
}
