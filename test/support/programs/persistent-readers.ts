import { createMmuLock, type MmuLock, WAITING } from '../../../src/locks/mmu-lock.ts';
import { createStartGate, type StartGate } from '../../../src/locks/start-gate.ts';
import type { Word } from '../../../src/shared/memory.ts';
import { sharedWord } from '../arena.ts';
import type { GangProgram, GangThread } from '../gang.ts';
import { readWriteLock } from '../locks-under-test.ts';
import { startTogether } from '../start.ts';

export interface PersistentReadersParts {
  readonly gate: StartGate;
  readonly lock: MmuLock;
  /** How often any reader has got the lock. */
  readonly reads: Word;
  readonly writes: Word;
  readonly done: Word;
}

export const WRITES = 100;

/** Thread 0 writes while the others see to it that there is always a reader inside, if the lock lets them. */
const program: GangProgram<PersistentReadersParts> = {
  url: import.meta.url,

  createParts(layout, threads) {
    return {
      gate: createStartGate(layout, 'gate'),
      lock: createMmuLock(layout, 'lock', threads),
      reads: sharedWord(layout, 'reads'),
      writes: sharedWord(layout, 'writes'),
      done: sharedWord(layout, 'done'),
    };
  },

  run(gangThread) {
    startTogether(gangThread, gangThread.parts.gate);
    if (gangThread.thread === 0) write(gangThread);
    else read(gangThread);
  },
};

function write({ m, parts, thread, variant }: GangThread<PersistentReadersParts>): void {
  const { lock, reads, writes, done } = parts;
  const { writeLock, writeUnlock } = readWriteLock(variant);
  try {
    for (let write = 0; write < WRITES; write++) {
      // Each time from among readers, and not on the heels of the last write.
      const before = m.load(reads);
      while (m.load(reads) === before) m.pause(reads, before, 1);
      writeLock(m, lock, thread);
      m.add(writes, 1);
      writeUnlock(m, lock);
    }
  } finally {
    m.store(done, 1);
  }
}

function read({ m, parts, thread, variant }: GangThread<PersistentReadersParts>): void {
  const { lock, reads, done } = parts;
  const { readLock, readUnlock } = readWriteLock(variant);
  while (m.load(done) === 0) {
    readLock(m, lock, thread);
    const mine = m.fetchAdd(reads, 1) + 1;
    m.wake(reads);
    // Stays until another one has come in, unless the lock says that it keeps them out for a writer.
    while (m.load(reads) === mine && !m.testBits(lock.cnts, WAITING) && m.load(done) === 0);
    readUnlock(m, lock);
  }
}

export default program;
