import { InputError } from '../shared/input-error.ts';

/** Most accesses that a trace may have: half a gigabyte of words. */
export const MAX_ACCESSES = 2 ** 27;

const FIRST_CAPACITY = 2 ** 16;

/** A growing list of words on shared memory, so that threads can read it without a copy. */
export class AccessStore {
  words: Int32Array = allocate(FIRST_CAPACITY);
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Makes room for word `count`. */
  growFor(count: number): void {
    if (count >= this.#limit) throw new InputError(`more than ${this.#limit} accesses; expected at most as many`);
    const grown = allocate(this.words.length * 2);
    grown.set(this.words);
    this.words = grown;
  }
}

function allocate(words: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(words * Int32Array.BYTES_PER_ELEMENT));
}
