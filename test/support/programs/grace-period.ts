import {
  createRcu,
  initRcu,
  type Rcu,
  rcuElapsed,
  rcuReadLock,
  rcuReadUnlock,
  rcuStamp,
} from '../../../src/locks/rcu.ts';
import { createSrcu, type Srcu, srcuReadLock, srcuReadUnlock, synchronizeSrcu } from '../../../src/locks/srcu.ts';
import { createStartGate, type StartGate } from '../../../src/locks/start-gate.ts';
import type { Word } from '../../../src/shared/memory.ts';
import type { ThreadMemory } from '../../../src/shared/thread-memory.ts';
import { sharedWord } from '../arena.ts';
import type { GangProgram, GangThread } from '../gang.ts';
import { startTogether } from '../start.ts';

export interface GracePeriodParts {
  readonly gate: StartGate;
  readonly rcu: Rcu;
  readonly srcu: Srcu;
  /** Which object readers find. */
  readonly current: Word;
  /** One word an object: 1 while readers may use it. */
  readonly objects: Word;
  readonly uses: Word;
  /** How often a reader still used an object that was free. */
  readonly usesAfterFree: Word;
  readonly done: Word;
}

interface Protection {
  enter(m: ThreadMemory, parts: GracePeriodParts, thread: number): void;
  leave(m: ThreadMemory, parts: GracePeriodParts, thread: number): void;
  /** Takes the object out of sight, by `unlink`, and returns when nobody uses it any more. */
  retire(m: ThreadMemory, parts: GracePeriodParts, unlink: () => void): void;
}

const UPDATES = 400;
const OBJECTS = 2;

const rcu: Protection = {
  enter: (m, parts, thread) => rcuReadLock(m, parts.rcu, thread),
  leave: (m, parts, thread) => rcuReadUnlock(m, parts.rcu, thread),
  retire(m, parts, unlink) {
    unlink();
    const stamp = rcuStamp(m, parts.rcu);
    while (!rcuElapsed(m, parts.rcu, stamp)) m.pause(parts.done, 0, 1);
  },
};

const srcu: Protection = {
  enter: (m, parts, thread) => srcuReadLock(m, parts.srcu, thread),
  leave: (m, parts, thread) => srcuReadUnlock(m, parts.srcu, thread),
  retire(m, parts, unlink) {
    unlink();
    synchronizeSrcu(m, parts.srcu);
  },
};

const protections: Readonly<Record<string, Protection>> = {
  rcu,
  /** Broken: takes the stamp while the object can still be found. */
  rcuStampsEarly: {
    ...rcu,
    retire(m, parts, unlink) {
      const stamp = rcuStamp(m, parts.rcu);
      m.pause(parts.done, 0, 1);
      while (!rcuElapsed(m, parts.rcu, stamp));
      unlink();
    },
  },
  /** Broken: forgets to say that a section is open. */
  rcuUnannounced: { ...rcu, enter: () => {} },
  srcu,
  /** Broken: the updater does not wait. */
  srcuUnsynchronized: { ...srcu, retire: (_m, _parts, unlink) => unlink() },
  /** Broken: a reader announces itself on a side that nobody waits for. */
  srcuWrongSide: { ...srcu, enter: (m, parts, thread) => m.store(parts.srcu.readers + thread, 1 << 2) },
};

/** Thread 0 replaces the object that the others use, again and again, and frees the old one. */
const program: GangProgram<GracePeriodParts> = {
  url: import.meta.url,

  createParts(layout, threads) {
    return {
      gate: createStartGate(layout, 'gate'),
      rcu: createRcu(layout, 'rcu', threads),
      srcu: createSrcu(layout, 'srcu', threads),
      current: sharedWord(layout, 'current'),
      objects: sharedWord(layout, 'objects', OBJECTS),
      uses: sharedWord(layout, 'uses'),
      usesAfterFree: sharedWord(layout, 'usesAfterFree'),
      done: sharedWord(layout, 'done'),
    };
  },

  run(gangThread) {
    const { m, parts, thread, variant } = gangThread;
    const protection = protections[variant];
    if (protection === undefined) throw new RangeError(`no protection is called ${variant}`);
    startTogether(gangThread, parts.gate, () => {
      initRcu(m, parts.rcu);
      m.store(parts.objects, 1);
    });
    if (thread === 0) update(m, parts, protection);
    else use(gangThread, protection);
  },
};

function update(m: ThreadMemory, parts: GracePeriodParts, protection: Protection): void {
  const { current, objects, done } = parts;
  try {
    for (let round = 0; round < UPDATES; round++) {
      const old = m.load(current);
      const next = (old + 1) % OBJECTS;
      m.store(objects + next, 1);
      protection.retire(m, parts, () => m.store(current, next));
      m.store(objects + old, 0);
      // Freed memory stays free for a moment, so that whoever still uses it has time to see that.
      m.pause(done, 0, 1);
    }
  } finally {
    m.store(done, 1);
  }
}

function use({ m, parts, thread, prng }: GangThread<GracePeriodParts>, protection: Protection): void {
  const { current, objects, uses, usesAfterFree, done } = parts;
  while (m.load(done) === 0) {
    protection.enter(m, parts, thread);
    const object = m.load(current);
    if (prng.below(20) === 0) m.pause(done, 0, 1);
    if (m.load(objects + object) !== 1) m.add(usesAfterFree, 1);
    protection.leave(m, parts, thread);
    m.add(uses, 1);
  }
}

export default program;
