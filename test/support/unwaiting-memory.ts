import { ThreadMemory } from '../../src/shared/thread-memory.ts';
import { type Arena, allocateWords } from './arena.ts';

/** A blocking operation was called whose condition does not hold: on threads, the caller would wait. */
export class WouldBlock extends Error {}

/** The port for one thread that plays several: it throws where a thread would wait. */
export class UnwaitingMemory extends ThreadMemory {
  constructor({ layout, waiters }: Arena<unknown>) {
    super(allocateWords(layout), { waiters, layout });
  }

  override awaitBits(word: number, mask: number, value: number): number {
    const current = this.load(word);
    if ((current & mask) !== value) throw new WouldBlock();
    return current;
  }
}
