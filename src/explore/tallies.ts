import { nextCapacity } from './row-table.ts';

/** Path counts are pairs (high, low) of doubles with 52 bits each: exact up to 2^104. */
export const COUNT_BASE = 2 ** 52;
/** In place of the fewest preemptions: no way leads here with this thread last. */
export const UNREACHED = 0xffff;

const INITIAL_STATES = 16;

/** Numbers that a full search collects for each state. Public fields: the search loop reads them directly. */
export class Tallies {
  /** Interleavings that lead to each state. */
  low = new Float64Array(INITIAL_STATES);
  high = new Float64Array(INITIAL_STATES);
  /**
   * Fewest preemptions to a state with each thread last, less `UNREACHED` modulo 2^16: `threads` entries a state, of
   * which fresh ones, 0, read as unreached without being written first.
   */
  preemptions: Uint16Array;
  readonly #threads: number;

  constructor(threads: number) {
    this.#threads = threads;
    this.preemptions = new Uint16Array(INITIAL_STATES * threads);
    this.low[0] = 1;
  }

  get capacity(): number {
    return this.low.length;
  }

  get bytesPerState(): number {
    return 16 + 2 * this.#threads;
  }

  /** Fewest preemptions to a state with this thread last. */
  fewest(state: number, last: number): number {
    return ((this.preemptions[state * this.#threads + last] as number) + UNREACHED) & 0xffff;
  }

  reserve(count: number): void {
    if (count <= this.capacity) return;
    const length = Math.max(count, nextCapacity(this.capacity));
    const low = new Float64Array(length);
    low.set(this.low);
    this.low = low;
    const high = new Float64Array(length);
    high.set(this.high);
    this.high = high;
    const preemptions = new Uint16Array(length * this.#threads);
    preemptions.set(this.preemptions);
    this.preemptions = preemptions;
  }
}
