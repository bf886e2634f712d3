import { createMmuLock, type MmuLock } from '../../../src/locks/mmu-lock.ts';
import { createStartGate, type StartGate } from '../../../src/locks/start-gate.ts';
import type { Word } from '../../../src/shared/memory.ts';
import { sharedWord } from '../arena.ts';
import type { GangProgram } from '../gang.ts';
import { readWriteLock } from '../locks-under-test.ts';
import { startTogether } from '../start.ts';

export interface MutualExclusionParts {
  readonly gate: StartGate;
  readonly lock: MmuLock;
  /** Who is inside: readers, and writers times `WRITER`. */
  readonly inside: Word;
  /** Counted up by writers with a load and a store: only exclusion keeps it right. */
  readonly counter: Word;
  readonly writes: Word;
  /** How often a thread found somebody inside who must not be there with it. */
  readonly meetings: Word;
  /** How often a reader saw the counter change. */
  readonly tornReads: Word;
}

const OPERATIONS = 1000;
const WRITER = 1 << 16;

const program: GangProgram<MutualExclusionParts> = {
  url: import.meta.url,

  createParts(layout, threads) {
    const word = (name: string): Word => sharedWord(layout, name);
    return {
      gate: createStartGate(layout, 'gate'),
      lock: createMmuLock(layout, 'lock', threads),
      inside: word('inside'),
      counter: word('counter'),
      writes: word('writes'),
      meetings: word('meetings'),
      tornReads: word('tornReads'),
    };
  },

  run({ m, parts, thread, threads, variant, prng }) {
    const { readLock, readUnlock, writeLock, writeUnlock } = readWriteLock(variant);
    const { gate, lock, inside, counter, writes, meetings, tornReads } = parts;
    const linger = (): void => {
      for (let spin = prng.below(100); spin > 0; spin--) m.load(inside);
      // Now and then long enough for the others to run, on however few cores.
      if (prng.below(40) === 0) m.pause(inside, m.load(inside), 1);
    };

    function write(): void {
      writeLock(m, lock, thread);
      if (m.fetchAdd(inside, WRITER) !== 0) m.add(meetings, 1);
      const count = m.load(counter);
      linger();
      m.store(counter, count + 1);
      m.add(inside, -WRITER);
      writeUnlock(m, lock);
      m.add(writes, 1);
    }

    function read(): void {
      readLock(m, lock, thread);
      if (m.fetchAdd(inside, 1) >= WRITER) m.add(meetings, 1);
      const count = m.load(counter);
      linger();
      if (m.load(counter) !== count) m.add(tornReads, 1);
      m.add(inside, -1);
      readUnlock(m, lock);
    }

    startTogether({ m, thread, threads }, gate);
    for (let operation = 0; operation < OPERATIONS; operation++) {
      if (prng.below(3) === 0) write();
      else read();
    }
  },
};

export default program;
