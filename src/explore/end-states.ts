import type { Machine } from './machine.ts';
import { OpKind } from './operation.ts';
import { RowTable } from './row-table.ts';

/** How a state without an enabled move has ended. */
export type EndKind =
  /** Every thread has returned or thrown. */
  | 'finished'
  /** Some thread has thrown and others wait: what follows from the fault is no finding of its own. */
  | 'halted'
  | 'deadlock';

/** The threads' values and the final words, numbered: the states that have both in common are one outcome. */
export class EndStates {
  readonly #machine: Machine;
  /** Rows: number of the memory, then for each thread twice its outcome, plus 1 for a fault. */
  readonly #outcomes: RowTable;
  readonly #memories: Int32Array[] = [];
  readonly #memoryIds = new Map<string, number>();
  readonly #storeMemory = new Map<number, number>();
  readonly #row: Int32Array;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#outcomes = new RowTable(machine.threadCount + 1);
    this.#row = new Int32Array(machine.threadCount + 1);
  }

  kindOf(row: Int32Array): EndKind {
    const { kind } = this.#machine.trees.nodes;
    let waits = false;
    let stopped = false;
    for (let thread = 1; thread < row.length; thread++) {
      const at = kind[row[thread] as number];
      if (at === OpKind.stopped) stopped = true;
      else if (at !== OpKind.finished) waits = true;
    }
    if (!waits) return 'finished';
    return stopped ? 'halted' : 'deadlock';
  }

  /** The outcome of a finished state. */
  outcomeOf(row: Int32Array): number {
    const { nodes } = this.#machine.trees;
    this.#row[0] = this.#memoryId(row);
    for (let thread = 1; thread < row.length; thread++) {
      const node = row[thread] as number;
      this.#row[thread] = 2 * (nodes.a[node] as number) + (nodes.kind[node] === OpKind.stopped ? 1 : 0);
    }
    return this.#outcomes.intern(this.#row);
  }

  /** The value that a thread has returned; of what it has thrown its `value`, or `{ threw: message }`. */
  valueOf(outcome: number, thread: number): unknown {
    const { rows, stride } = this.#outcomes;
    const coded = rows[outcome * stride + 1 + thread] as number;
    const { outcomes, faults } = this.#machine.trees;
    return (coded & 1) === 0 ? outcomes.valueOf(coded >> 1) : faults.valueOf(coded >> 1).value;
  }

  /** The final words of an outcome. */
  memoryOf(outcome: number): Int32Array {
    const { rows, stride } = this.#outcomes;
    return this.#memories[rows[outcome * stride] as number] as Int32Array;
  }

  /** The words in a state, with each thread's own ones. */
  wordsOf(row: Int32Array): Int32Array {
    const words = this.#machine.wordsOf(row[0] as number).slice();
    const { nodes, ownVectors } = this.#machine.trees;
    for (let thread = 1; thread < row.length; thread++) {
      for (const [word, value] of ownVectors.valueOf(nodes.own[row[thread] as number] as number)) words[word] = value;
    }
    return words;
  }

  #memoryId(row: Int32Array): number {
    const store = row[0] as number;
    const usesOwn = this.#machine.trees.ownVectors.size > 1;
    const known = usesOwn ? undefined : this.#storeMemory.get(store);
    if (known !== undefined) return known;
    const words = this.wordsOf(row);
    const key = words.join();
    let id = this.#memoryIds.get(key);
    if (id === undefined) {
      id = this.#memories.push(words) - 1;
      this.#memoryIds.set(key, id);
    }
    if (!usesOwn) this.#storeMemory.set(store, id);
    return id;
  }
}
