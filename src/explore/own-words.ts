import type { Word } from '../shared/memory.ts';
import { ProgramError } from './program-error.ts';

const NOBODY = 0;
const SHARED = -1;

/**
 * Enforces that a word touched by `loadOwn` or `storeOwn` belongs to one thread: only then is leaving it out of the
 * interleavings sound.
 */
export class OwnWords {
  /** Per word: 0, 1 + the thread that owns it, or -1 if it is touched by ordinary operations. */
  readonly #owners: Int32Array;
  readonly #threadNames: readonly string[];
  readonly #wordName: (word: Word) => string;

  constructor(wordCount: number, threadNames: readonly string[], wordName: (word: Word) => string) {
    this.#owners = new Int32Array(wordCount);
    this.#threadNames = threadNames;
    this.#wordName = wordName;
  }

  /** `thread` touches the word as its own. */
  claim(word: Word, thread: number): void {
    const owner = this.#owners[word] as number;
    if (owner === thread + 1) return;
    if (owner !== NOBODY) {
      throw new ProgramError(
        `${this.#threadNames[thread]} uses ${this.#wordName(word)} as a word of its own, but ${this.#describe(owner)}`,
      );
    }
    this.#owners[word] = thread + 1;
  }

  /** `thread` touches the words by an ordinary operation. */
  share(word: Word, count: number, thread: number): void {
    for (let i = word; i < word + count; i++) {
      const owner = this.#owners[i] as number;
      if (owner > NOBODY) {
        throw new ProgramError(
          `${this.#threadNames[thread]} touches ${this.#wordName(i)} by an ordinary operation, but ${this.#describe(owner)}`,
        );
      }
      this.#owners[i] = SHARED;
    }
  }

  #describe(owner: number): string {
    return owner === SHARED
      ? 'ordinary operations touch it too'
      : `it is a word of ${this.#threadNames[owner - 1]}'s own`;
  }
}
