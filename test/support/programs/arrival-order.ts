import { createMmuLock, type MmuLock } from '../../../src/locks/mmu-lock.ts';
import type { Word } from '../../../src/shared/memory.ts';
import { sharedWord } from '../arena.ts';
import type { GangProgram, GangThread } from '../gang.ts';
import { readWriteLock } from '../locks-under-test.ts';

export const ROUNDS = 25;

export interface ArrivalOrderParts {
  readonly lock: MmuLock;
  /** One word a thread: its last call, as round << 1 | whether it shall write. */
  readonly calls: Word;
  /** Threads in the order in which they arrived at the lock, as thread << 1 | writes, all rounds in a row. */
  readonly arrivals: Word;
  /** The same in the order in which they got it. */
  readonly entries: Word;
  readonly tickets: Word;
}

/** Long enough for a thread to arrive at a lock that does not show who waits. */
const UNSEEN_ARRIVAL_MS = 10;

/**
 * In each round thread 0 holds the lock, calls the others to it one after another, and lets go: they must get it in
 * the order in which they came.
 */
const program: GangProgram<ArrivalOrderParts> = {
  url: import.meta.url,

  createParts(layout, threads) {
    return {
      lock: createMmuLock(layout, 'lock', threads),
      calls: sharedWord(layout, 'calls', threads),
      arrivals: sharedWord(layout, 'arrivals', ROUNDS * threads),
      entries: sharedWord(layout, 'entries', ROUNDS * threads),
      tickets: sharedWord(layout, 'tickets'),
    };
  },

  run(gangThread) {
    for (let round = 1; round <= ROUNDS; round++) {
      if (gangThread.thread === 0) direct(gangThread, round);
      else follow(gangThread, round);
    }
  },
};

function direct({ m, parts, thread, threads, variant, prng }: GangThread<ArrivalOrderParts>, round: number): void {
  const { lock, calls, arrivals, tickets } = parts;
  const { writeLock, writeUnlock, queues } = readWriteLock(variant);
  const before = (round - 1) * (threads - 1);
  const waiting = Array.from({ length: threads - 1 }, (_, index) => index + 1);
  writeLock(m, lock, thread);
  for (let arrived = 0; waiting.length > 0; arrived++) {
    const [called = 0] = waiting.splice(prng.below(waiting.length), 1);
    const writes = prng.below(2);
    m.store(arrivals + before + arrived, (called << 1) | writes);
    m.store(calls + called, (round << 1) | writes);
    m.wake(calls + called);
    const { tail } = lock.waitLock;
    if (queues) for (let last = m.load(tail); last !== called + 1; last = m.load(tail)) m.pause(tail, last, 1);
    else m.pause(tickets, before, UNSEEN_ARRIVAL_MS);
  }
  writeUnlock(m, lock);
  m.awaitBits(tickets, -1, before + threads - 1);
}

function follow({ m, parts, thread, variant }: GangThread<ArrivalOrderParts>, round: number): void {
  const { lock, calls, entries, tickets } = parts;
  const { readLock, readUnlock, writeLock, writeUnlock } = readWriteLock(variant);
  const writes = m.awaitBits(calls + thread, ~1, round << 1) & 1;
  if (writes === 1) writeLock(m, lock, thread);
  else readLock(m, lock, thread);
  m.store(entries + m.fetchAdd(tickets, 1), (thread << 1) | writes);
  m.wake(tickets);
  if (writes === 1) writeUnlock(m, lock);
  else readUnlock(m, lock);
}

export default program;
