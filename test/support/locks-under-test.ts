import {
  LOCKED,
  type MmuLock,
  READER,
  readLock,
  readUnlock,
  writeLock,
  writeUnlock,
} from '../../src/locks/mmu-lock.ts';
import type { ThreadMemory } from '../../src/shared/thread-memory.ts';

/** The four operations of a read-write lock over the words of an `MmuLock`. */
export interface ReadWriteLock {
  readLock(m: ThreadMemory, lock: MmuLock, thread: number): void;
  readUnlock(m: ThreadMemory, lock: MmuLock): void;
  writeLock(m: ThreadMemory, lock: MmuLock, thread: number): void;
  writeUnlock(m: ThreadMemory, lock: MmuLock): void;
  /** Whether whoever waits is in the queue's words; the others wait where nobody sees it. */
  readonly queues: boolean;
}

const mmuLock: ReadWriteLock = { readLock, readUnlock, writeLock, writeUnlock, queues: true };

/** Broken: takes the lock with a load and a store, so that two writers can find it free. */
const loadAndStore: ReadWriteLock = {
  ...mmuLock,
  writeLock(m, lock) {
    m.awaitBits(lock.cnts, -1, 0);
    // On few cores nobody gets in between two steps by himself.
    m.pause(lock.cnts, 0, 1);
    m.store(lock.cnts, LOCKED);
  },
};

/** Broken: readers come in without looking for a writer. */
const carelessReader: ReadWriteLock = {
  ...mmuLock,
  readLock(m, lock) {
    m.add(lock.cnts, READER);
  },
};

/** Broken: a writer's unlock stores 0, and with it forgets readers that have announced themselves. */
const forgetfulUnlock: ReadWriteLock = {
  ...mmuLock,
  writeUnlock(m, lock) {
    m.store(lock.cnts, 0);
    m.wake(lock.cnts);
  },
};

/** Excludes correctly, but has no queue: readers walk past a waiting writer, and whoever is quick comes first. */
const readersFirst: ReadWriteLock = {
  ...mmuLock,
  queues: false,
  readLock(m, lock) {
    while (m.addAndTest(lock.cnts, READER, LOCKED)) {
      m.add(lock.cnts, -READER);
      m.wake(lock.cnts);
      m.awaitBits(lock.cnts, LOCKED, 0);
    }
  },
  writeLock(m, lock) {
    m.awaitAdd(lock.cnts, -1, 0, LOCKED);
  },
};

export const readWriteLocks = { mmuLock, loadAndStore, carelessReader, forgetfulUnlock, readersFirst };

export type ReadWriteLockName = keyof typeof readWriteLocks;

export function readWriteLock(name: string): ReadWriteLock {
  const lock = readWriteLocks[name as ReadWriteLockName];
  if (lock === undefined) throw new RangeError(`no lock is called ${name}`);
  return lock;
}
