import type { Word } from './memory.ts';
import { ThreadMemory } from './thread-memory.ts';

/**
 * The port for a replay in which one thread plays all parts: a wait for another thread is that thread's turn to do what is
 * waited for.
 */
export class SequentialMemory extends ThreadMemory {
  /** Told of the word for which somebody would now wait. */
  onWait: (word: Word) => void = () => {};

  override awaitBits(word: Word, mask: number, value: number): number {
    if ((this.load(word) & mask) !== value) this.onWait(word);
    return super.awaitBits(word, mask, value);
  }
}
