import { describe, expect, it } from 'vitest';
import type { ExploreOptions } from '../../src/explore/explore-program.ts';
import type { Program } from '../../src/explore/program.ts';
import type { ProgramResult } from '../../src/explore/program-result.ts';
import { rcuMonitor } from '../../src/explore/rcu-monitor.ts';
import {
  createMmuLock,
  LOCKED,
  READER,
  readLock,
  readUnlock,
  WAITING,
  writeLock,
  writeUnlock,
} from '../../src/locks/mmu-lock.ts';
import { createQueuedSpinlock, queuedSpinLock, queuedSpinUnlock } from '../../src/locks/queued-spinlock.ts';
import { createRcu, initRcu, rcuElapsed, rcuReadLock, rcuReadUnlock, rcuStamp } from '../../src/locks/rcu.ts';
import { createSrcu, srcuReadLock, srcuReadUnlock, synchronizeSrcu } from '../../src/locks/srcu.ts';
import { createStartGate, openStartGate, passStartGate } from '../../src/locks/start-gate.ts';
import { GhostEvent } from '../../src/shared/ghost-event.ts';
import { LayoutBuilder } from '../../src/shared/layout.ts';
import type { Memory, Word } from '../../src/shared/memory.ts';
import type { Monitor } from '../../src/verify/monitor.ts';
import { exploreReplayed } from '../support/explore-replayed.ts';

type Body = (m: Memory) => unknown;

const MAX_THREADS = 4;
const builder = new LayoutBuilder();
const region = (name: string): Word => builder.region({ name, count: 1, wordClass: 'shared', meaning: name });
const lock = createMmuLock(builder, 'mmuLock', MAX_THREADS);
const spin = createQueuedSpinlock(builder, 'spin', MAX_THREADS);
const rcu = createRcu(builder, 'rcu', MAX_THREADS);
const srcu = createSrcu(builder, 'srcu', MAX_THREADS);
const gate = createStartGate(builder, 'gate');
const readers = region('readers');
const writers = region('writers');
const root = region('root');
const table = region('table');
const layout = builder.build();

/** The port with some operations replaced: how a lock is broken without copying it. */
function broken(m: Memory, replaced: (m: Memory) => Partial<Memory>): Memory {
  const own = replaced(m) as Record<PropertyKey, unknown>;
  return new Proxy(m, {
    get: (target, key) => own[key] ?? (target[key as keyof Memory] as (...args: unknown[]) => unknown).bind(target),
  });
}

function check(
  threads: Readonly<Record<string, Body>>,
  options: ExploreOptions = {},
  more: Partial<Program> = {},
): ProgramResult {
  const initial = new Int32Array(layout.wordCount);
  initial[root] = 1;
  initial[rcu.epoch] = 1;
  return exploreReplayed(
    {
      initial,
      wordName: (word) => layout.nameOf(word),
      threads: Object.entries(threads).map(([name, run]) => ({ name, run })),
      invariants: [
        {
          name: 'mutual exclusion',
          holds: (words) => (words[writers] as number) === 0 || (words[writers] === 1 && words[readers] === 0),
        },
      ],
      ...more,
    },
    { wakes: true, ...options },
  );
}

const proven = { verdict: 'holds', complete: true, canAlwaysFinish: true, deadlocks: [], violations: [] };
const properties = ({ violations }: ProgramResult): string[] => violations.map(({ property }) => property).sort();

function read(thread: number): Body {
  return (m) => {
    readLock(m, lock, thread);
    m.add(readers, 1);
    m.add(readers, -1);
    readUnlock(m, lock);
  };
}

function write(thread: number): Body {
  return (m) => {
    writeLock(m, lock, thread);
    m.add(writers, 1);
    m.add(writers, -1);
    writeUnlock(m, lock);
  };
}

/** Round and round: a thread that never ends. */
function forEver(body: Body): Body {
  return (m) => {
    for (;;) {
      m.loopHead('round');
      body(m);
    }
  };
}

describe('mmu_lock under every interleaving', () => {
  it('lets in readers together and writers alone, loses no wake-up, and always lets everybody finish', () => {
    expect(check({ w: write(0), r1: read(1), r2: read(2) })).toMatchObject(proven);
    expect(check({ w1: write(0), w2: write(1), r: read(2) })).toMatchObject(proven);
  });

  it('lets readers be inside together', () => {
    const both = check(
      { r1: read(0), r2: read(1) },
      {},
      {
        invariants: [{ name: 'never two', holds: (words) => (words[readers] as number) < 2 }],
      },
    );
    expect(properties(both)).toEqual(['never two']);
  });

  it('does not starve a writer that readers keep coming to', () => {
    const result = check(
      { w: write(0), r1: forEver(read(1)), r2: forEver(read(2)) },
      { starvation: true, mergeFinished: true },
    );
    expect(result.complete).toBe(true);
    expect(result.starved).not.toContain(0);
    expect(properties(result)).toEqual(['cannot-finish']);
  });

  const mutants: Readonly<Record<string, { threads: Record<string, Body>; property: string }>> = {
    'a writer that takes the lock beside readers': {
      threads: {
        w: (m) => write(0)(broken(m, (port) => ({ tryReplace: (word) => !port.addAndTest(word, LOCKED, LOCKED) }))),
        r: read(1),
      },
      property: 'mutual exclusion',
    },
    'an unlock that wakes nobody': {
      threads: { w: (m) => write(0)(broken(m, () => ({ wake: () => {} }))), r: read(1) },
      property: 'lost-wakeup',
    },
    'a reader that does not step back': {
      threads: {
        w1: write(0),
        w2: write(1),
        r: (m) =>
          read(2)(
            broken(m, (port) => ({ add: (word, delta) => (word === lock.cnts ? undefined : port.add(word, delta)) })),
          ),
      },
      property: 'deadlock',
    },
    'a queued writer that does not say so': {
      threads: {
        w: (m) =>
          write(0)(
            broken(m, (port) => ({
              setBits: (word, mask) => (mask === WAITING ? undefined : port.setBits(word, mask)),
            })),
          ),
        r: read(1),
      },
      property: 'deadlock',
    },
  };
  for (const [name, { threads, property }] of Object.entries(mutants)) {
    it(`kills ${name}`, () => {
      const result = check(threads);
      expect(properties(result)).toContain(property);
      expect(result.violations.every(({ provenMinimal, trace }) => provenMinimal && trace.length > 0)).toBe(true);
    });
  }

  it('kills a lock in which new readers overtake a waiting writer for ever', () => {
    const barge: Body = (m) => {
      m.awaitAdd(lock.cnts, LOCKED, 0, READER);
      readUnlock(m, lock);
    };
    const result = check({ w: write(0), r1: forEver(barge), r2: forEver(barge) }, { starvation: true });
    expect(result.starved).toContain(0);
  });
});

describe('queued spinlock under every interleaving', () => {
  const critical =
    (thread: number): Body =>
    (m) => {
      queuedSpinLock(m, spin, thread);
      m.add(writers, 1);
      m.add(writers, -1);
      queuedSpinUnlock(m, spin, thread);
    };

  it('lets in one of three at a time, and everybody in the end', () => {
    expect(check({ a: critical(0), b: critical(1), c: critical(2) })).toMatchObject(proven);
  });

  it('starves nobody', () => {
    const result = check({ a: critical(0), b: forEver(critical(1)), c: forEver(critical(2)) }, { starvation: true });
    expect(result.starved).toEqual([]);
  });

  it('kills an unlock that looks at its successor without waiting for it', () => {
    const hasty: Body = (m) => {
      queuedSpinLock(m, spin, 0);
      m.add(writers, 1);
      m.add(writers, -1);
      queuedSpinUnlock(
        broken(m, (port) => ({ awaitBits: (word) => port.load(word) })),
        spin,
        0,
      );
    };
    const result = check({ a: hasty, b: critical(1) });
    expect(result.verdict).toBe('violated');
    expect(properties(result)).toContain('deadlock');
  });
});

describe('RCU under every interleaving', () => {
  const TABLE = 3;
  const walk =
    (enter: (m: Memory, thread: number) => void, thread: number): Body =>
    (m) => {
      enter(m, thread);
      if (m.testBits(root, 1)) {
        const seen = m.load(table);
        m.note(GhostEvent.tableEntered, -1, TABLE);
        rcuReadUnlock(m, rcu, thread);
        return seen;
      }
      rcuReadUnlock(m, rcu, thread);
      return null;
    };
  const recycle =
    (elapsed: (m: Memory, stamp: number) => boolean): Body =>
    (m) => {
      m.note(GhostEvent.tableRetired, -1, TABLE);
      m.clearBits(root, 1);
      const stamp = rcuStamp(m, rcu);
      if (!elapsed(m, stamp)) return 'kept';
      m.store(table, 99);
      m.note(GhostEvent.tableRecycled, -1, TABLE);
      return 'recycled';
    };
  const lockRcu = (m: Memory, thread: number): void => rcuReadLock(m, rcu, thread);
  const elapsedRcu = (m: Memory, stamp: number): boolean => rcuElapsed(m, rcu, stamp);
  const explored = (reader: Body, recycler: Body): ProgramResult =>
    check(
      { reader, other: walk(lockRcu, 1), recycler },
      {},
      {
        monitors: [rcuMonitor],
        final: [{ name: 'never recycled memory', holds: (_, values) => values[0] !== 99 }],
      },
    );

  it('never recycles a table that a section can still reach', () => {
    expect(explored(walk(lockRcu, 0), recycle(elapsedRcu))).toMatchObject(proven);
  });

  it('starts its epochs at 1', () => {
    expect(check({ init: (m) => initRcu(m, rcu) }).outcomes[0]?.memory[rcu.epoch]).toBe(1);
  });

  it('recycles if nobody reads, and keeps if somebody does', () => {
    const { outcomes } = explored(walk(lockRcu, 0), recycle(elapsedRcu));
    expect(new Set(outcomes.map(({ values }) => values[2]))).toEqual(new Set(['kept', 'recycled']));
  });

  it('kills an allocator that does not wait', () => {
    const result = explored(
      walk(lockRcu, 0),
      recycle(() => true),
    );
    expect(properties(result)).toEqual(['never recycled memory', 'use-after-free']);
  });

  it('kills an allocator that looks at one reader only', () => {
    const result = explored(
      walk(lockRcu, 0),
      recycle((m, stamp) => rcuElapsed(m, { ...rcu, readers: rcu.readers + 1, threads: 1 }, stamp)),
    );
    expect(properties(result)).toContain('use-after-free');
  });
});

describe('SRCU under every interleaving', () => {
  /** Reads through the published index; what was unpublished is overwritten after the grace period. */
  const reader =
    (thread: number): Body =>
    (m) => {
      srcuReadLock(m, srcu, thread);
      const linked = m.testBits(root, 1);
      const seen = linked ? m.load(table) : null;
      srcuReadUnlock(m, srcu, thread);
      return seen;
    };
  const updater =
    (synchronize: (m: Memory) => void): Body =>
    (m) => {
      m.clearBits(root, 1);
      synchronize(m);
      m.store(table, 99);
    };
  const final = [
    { name: 'never freed memory', holds: (_: Int32Array, values: readonly unknown[]) => !values.includes(99) },
  ];

  it('waits for every section that began before', () => {
    const threads = { r1: reader(0), r2: reader(1), updater: updater((m) => synchronizeSrcu(m, srcu)) };
    expect(check(threads, {}, { final })).toMatchObject(proven);
  });

  it('kills an updater that waits for the other side only', () => {
    const hasty = updater((m) => {
      const current = m.load(srcu.side);
      for (let thread = 0; thread < 2; thread++) m.awaitBits(srcu.readers + thread, 1 << (current ^ 1), 0);
      m.store(srcu.side, current ^ 1);
    });
    expect(properties(check({ r1: reader(0), hasty }, {}, { final }))).toEqual(['never freed memory']);
  });
});

describe('start gate under every interleaving', () => {
  const passed: Monitor = {
    name: 'gate',
    event(ghost, _thread, event, _page, _value, report) {
      if (event === GhostEvent.accessEnd && ghost.get(0) === 0) {
        report({ property: 'early', class: 'forbidden', reason: null, page: null, message: 'passed a closed gate' });
      }
      if (event === GhostEvent.revoked) ghost.set(0, 1);
    },
  };
  const runner: Body = (m) => {
    passStartGate(m, gate);
    m.note(GhostEvent.accessEnd, -1, 0);
  };

  it('lets nobody through before it opens', () => {
    const opener: Body = (m) => {
      m.awaitBits(gate.arrived, 3, 2);
      openStartGate(m, gate);
      m.note(GhostEvent.revoked, -1, 0);
    };
    expect(check({ a: runner, b: runner, opener }, {}, { monitors: [passed] })).toMatchObject(proven);
  });
});
