import {
  createQueuedSpinlock,
  type QueuedSpinlock,
  queuedSpinLock,
  queuedSpinUnlock,
} from '../../../src/locks/queued-spinlock.ts';
import { createStartGate, type StartGate } from '../../../src/locks/start-gate.ts';
import type { Word } from '../../../src/shared/memory.ts';
import type { ThreadMemory } from '../../../src/shared/thread-memory.ts';
import { sharedWord } from '../arena.ts';
import type { GangProgram } from '../gang.ts';
import { startTogether } from '../start.ts';

export interface SpinlockCounterParts {
  readonly gate: StartGate;
  readonly lock: QueuedSpinlock;
  readonly counter: Word;
}

export const INCREMENTS = 500;

type Operation = (m: ThreadMemory, lock: QueuedSpinlock, thread: number) => void;

const locks: Readonly<Record<string, { lock: Operation; unlock: Operation }>> = {
  queuedSpinlock: { lock: queuedSpinLock, unlock: queuedSpinUnlock },
  /** Broken: queues, but does not wait to be let in. */
  impatient: {
    lock: (m, { tail }, thread) => void m.exchange(tail, thread + 1),
    unlock: (m, { tail }, thread) => void m.tryReplace(tail, thread + 1, 0),
  },
};

const program: GangProgram<SpinlockCounterParts> = {
  url: import.meta.url,

  createParts(layout, threads) {
    return {
      gate: createStartGate(layout, 'gate'),
      lock: createQueuedSpinlock(layout, 'lock', threads),
      counter: sharedWord(layout, 'counter'),
    };
  },

  run(gangThread) {
    const { m, parts, thread, variant, prng } = gangThread;
    const { gate, lock: words, counter } = parts;
    const operations = locks[variant];
    if (operations === undefined) throw new RangeError(`no lock is called ${variant}`);
    startTogether(gangThread, gate);
    for (let increment = 0; increment < INCREMENTS; increment++) {
      operations.lock(m, words, thread);
      const count = m.load(counter);
      if (prng.below(40) === 0) m.pause(counter, count, 1);
      m.store(counter, count + 1);
      operations.unlock(m, words, thread);
    }
  },
};

export default program;
