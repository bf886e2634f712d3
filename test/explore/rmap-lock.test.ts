import { describe, expect, it } from 'vitest';
import type { Program } from '../../src/explore/program.ts';
import type { ProgramResult } from '../../src/explore/program-result.ts';
import { RMAP_LOCKED, rmapLock, rmapUnlock, rmapUnlockReadonly } from '../../src/locks/rmap-lock.ts';
import { LayoutBuilder } from '../../src/shared/layout.ts';
import type { Memory, Word } from '../../src/shared/memory.ts';
import { exploreReplayed } from '../support/explore-replayed.ts';
import { replaceOperations } from '../support/replaced-memory.ts';

/**
 * Two readers without mmu_lock, and a writer, the only one because it holds mmu_lock, that empties the list, fills it
 * again, and then changes it. An entry is a word; what it contains is 0 once it has been freed.
 */

type Body = (m: Memory) => unknown;

const builder = new LayoutBuilder();
const region = (name: string): Word => builder.region({ name, count: 1, wordClass: 'shared', meaning: name });
const head = region('head');
const oldEntry = region('oldEntry');
const newEntry = region('newEntry');
const readers = region('readers');
const writers = region('writers');
const layout = builder.build();

const OLD = 5;
const NEW = 6;
const CHANGED = 7;

/** What a reader answers that found nothing to walk. */
const EMPTY = 'empty';

/** kvm_rmap_age_gfn_range, of one list. */
const read: Body = (m) => {
  const value = rmapLock(m, head);
  const seen = value === 0 ? EMPTY : walk(m, value);
  rmapUnlockReadonly(m, head, value);
  return seen;
};

function walk(m: Memory, value: number): number {
  m.add(readers, 1);
  const seen = m.load(value >>> 2);
  m.add(readers, -1);
  return seen;
}

function change(m: Memory, entry: Word, value: number): void {
  m.add(writers, 1);
  m.store(entry, value);
  m.add(writers, -1);
}

/** With `lock`, which a broken writer leaves out. */
const writeWith =
  (lock: (m: Memory) => number): Body =>
  (m) => {
    lock(m);
    change(m, oldEntry, 0);
    rmapUnlock(m, head, 0);
    const empty = lock(m);
    // Nobody reaches it yet: an empty list is not locked.
    m.store(newEntry, NEW);
    rmapUnlock(m, head, newEntry << 2);
    const filled = lock(m);
    change(m, newEntry, CHANGED);
    rmapUnlock(m, head, filled);
    return empty;
  };

const write = writeWith((m) => rmapLock(m, head));

function check(threads: Readonly<Record<string, Body>>, more: Partial<Program> = {}): ProgramResult {
  const initial = new Int32Array(layout.wordCount);
  initial[head] = oldEntry << 2;
  initial[oldEntry] = OLD;
  return exploreReplayed(
    {
      initial,
      wordName: (word) => layout.nameOf(word),
      threads: Object.entries(threads).map(([name, run]) => ({ name, run })),
      invariants: [
        {
          name: 'mutual exclusion',
          holds: (words) => (words[readers] as number) + (words[writers] as number) <= 1,
        },
      ],
      final: [
        { name: 'no walk of an empty list', holds: (_, values) => !values.slice(0, 2).includes(0) },
        { name: 'no entry lost', holds: (words) => (words[head] as number) >>> 2 === newEntry },
        { name: 'not left locked', holds: (words) => ((words[head] as number) & RMAP_LOCKED) === 0 },
      ],
      ...more,
    },
    { wakes: true },
  );
}

const proven = { verdict: 'holds', complete: true, canAlwaysFinish: true, deadlocks: [], violations: [] };
const properties = ({ violations }: ProgramResult): string[] => violations.map(({ property }) => property).sort();

describe('The bit lock of an rmap under every interleaving', () => {
  it('keeps readers and the writer apart, loses nothing, and lets everybody finish', () => {
    expect(check({ r1: read, r2: read, writer: write })).toMatchObject(proven);
  });

  it('lets readers find the list as it was, empty, filled again, and changed', () => {
    const { outcomes } = check({ r1: read, r2: read, writer: write });
    const seen = (reader: number) => new Set(outcomes.map(({ values }) => values[reader]));
    expect([seen(0), seen(1)]).toEqual([new Set([OLD, EMPTY, NEW, CHANGED]), new Set([OLD, EMPTY, NEW, CHANGED])]);
  });

  it('is not held of an empty list: the writer finds it empty, and readers may come by', () => {
    const { outcomes } = check({ r1: read, r2: read, writer: write });
    expect(new Set(outcomes.map(({ values }) => values[2]))).toEqual(new Set([0]));
  });

  /** As rmapLock, but what was looked at before the wait is not looked at again. */
  const lockWithoutRecheck = (m: Memory): number | typeof EMPTY => {
    if (m.load(head) === 0) return EMPTY;
    for (;;) {
      const value = m.awaitBits(head, RMAP_LOCKED, 0);
      if (m.tryReplace(head, value, value | RMAP_LOCKED)) return value;
    }
  };

  const mutants: Readonly<Record<string, { threads: Record<string, Body>; found: string[] }>> = {
    'a reader that walks what it has locked without a second look whether it is empty': {
      threads: {
        r1: (m) => {
          const value = lockWithoutRecheck(m);
          if (value === EMPTY) return EMPTY;
          const seen = walk(m, value);
          rmapUnlock(m, head, value);
          return seen;
        },
        r2: read,
        writer: write,
      },
      found: ['no walk of an empty list'],
    },
    'a reader that locks an empty list and lets go of none': {
      threads: {
        r1: (m) => rmapUnlockReadonly(m, head, rmapLock(m, head, false)),
        r2: read,
        writer: write,
      },
      found: ['deadlock'],
    },
    'a reader that stores the 0 it found': {
      threads: {
        r1: (m) => {
          const value = rmapLock(m, head);
          const seen = value === 0 ? EMPTY : walk(m, value);
          rmapUnlock(m, head, value);
          return seen;
        },
        r2: read,
        writer: write,
      },
      found: ['no entry lost'],
    },
    'a writer that does not lock': {
      threads: { r1: read, r2: read, writer: writeWith((m) => m.load(head)) },
      found: ['mutual exclusion'],
    },
    'a writer that frees an entry before it has the lock': {
      threads: {
        r1: read,
        r2: read,
        writer: (m) => {
          m.store(oldEntry, 0);
          write(m);
        },
      },
      found: ['no walk of an empty list'],
    },
    'a lock that is taken by a load and a store': {
      threads: {
        r1: (m) =>
          read(
            replaceOperations(m, (port) => ({
              tryReplace(word, _, next) {
                port.store(word, next);
                return true;
              },
            })),
          ),
        r2: read,
        writer: write,
      },
      found: ['mutual exclusion'],
    },
    'an unlock that wakes nobody': {
      threads: { r1: (m) => read(replaceOperations(m, () => ({ wake: () => {} }))), r2: read, writer: write },
      found: ['lost-wakeup'],
    },
  };
  for (const [name, { threads, found }] of Object.entries(mutants)) {
    it(`kills ${name}`, () => {
      const result = check(threads);
      expect(properties(result)).toEqual(expect.arrayContaining(found));
      expect(result.violations.every(({ provenMinimal, trace }) => provenMinimal && trace.length > 0)).toBe(true);
    });
  }
});
