import { describe, expect, it } from 'vitest';
import { explore } from '../../src/explore/explore.ts';
import type { Memory } from '../../src/shared/memory.ts';
import { exploreReplayed } from '../support/explore-replayed.ts';

const run = (...threads: ((m: Memory) => unknown)[]) =>
  exploreReplayed({
    initial: new Int32Array(4),
    threads: threads.map((thread, index) => ({ name: `T${index}`, run: thread })),
  });

describe('what a thread must not do', () => {
  it('finds a thread that depends on more than its results', () => {
    let calls = 0;
    expect(() => run((m) => m.store(0, calls++))).toThrow(/T0 is not deterministic/);
  });

  it('finds a thread that changes its mind about the past', () => {
    let calls = 0;
    const thread = (m: Memory): void => {
      m.store(calls++ < 4 ? 0 : 1, 1);
      m.store(0, 2);
      m.store(0, 3);
    };
    expect(() => run(thread)).toThrow(/T0 is not deterministic/);
  });

  it('names a thread that goes on after it has caught the signal that stops it', () => {
    const thread = (m: Memory): void => {
      try {
        m.store(0, 1);
      } catch {
        m.store(0, 2);
      }
    };
    expect(() => run(thread)).toThrow(/T0 issues store after it has caught the signal/);
  });

  it('names a thread that returns after it has caught the signal', () => {
    const thread = (m: Memory): number => {
      try {
        return m.load(0);
      } catch {
        return 0;
      }
    };
    expect(() => run(thread)).toThrow(/T0 has caught the signal/);
  });

  it('lets a thread rethrow what it does not know', () => {
    const result = run((m) => {
      try {
        return m.load(0);
      } catch (error) {
        if (error instanceof RangeError) return -1;
        throw error;
      }
    });
    expect(result).toMatchObject({ verdict: 'holds', states: 2 });
  });

  it('finds a loop head behind which a forgotten local matters', () => {
    const thread = (m: Memory): void => {
      const seen = m.load(0);
      m.loopHead('forgetful');
      m.load(2);
      m.store(1, seen);
    };
    expect(() => run(thread, (m) => m.store(0, 5))).toThrow(/contract of its loop head "forgetful"/);
    expect(() => run((m) => m.store(0, 5), thread)).toThrow(/contract of its loop head "forgetful"/);
  });

  it('accepts a loop head that names what it needs', () => {
    const thread = (m: Memory): void => {
      const seen = m.load(0);
      m.loopHead('careful', seen);
      m.load(2);
      m.store(1, seen);
    };
    expect(run(thread, (m) => m.store(0, 5)).verdict).toBe('holds');
  });

  it('wants an own word to belong to one thread', () => {
    const own = (m: Memory): void => {
      m.storeOwn(3, m.loadOwn(3) + 1);
      m.store(0, 1);
    };
    expect(() => run(own, own)).toThrow(/word\[3\] as a word of its own, but it is a word of T0's own/);
    expect(() => run(own, (m) => m.load(3))).toThrow(/T1 touches word\[3\] by an ordinary operation/);
    expect(() => run((m) => m.fill(2, 2, 0), own)).toThrow(/ordinary operations touch it too/);
  });

  it('keeps own words out of the interleavings, and in the outcome', () => {
    const result = run(
      (m) => {
        m.storeOwn(2, 4);
        m.store(0, m.loadOwn(2));
        m.storeOwn(2, m.loadOwn(2) + 1);
      },
      (m) => m.load(1),
    );
    expect(result.states).toBe(4);
    expect(result.outcomes.map(({ memory }) => [...memory])).toEqual([[4, 0, 5, 0]]);
  });

  it('distinguishes own words behind a loop head', () => {
    const result = run(
      (m) => {
        m.storeOwn(3, m.load(0));
        m.loopHead('l');
        m.store(1, m.loadOwn(3));
      },
      (m) => m.store(0, 9),
    );
    expect(result.outcomes.map(({ memory }) => memory[1]).sort()).toEqual([0, 9]);
  });

  it('rejects words outside the arena, by name of the thread', () => {
    expect(() => run((m) => m.load(4))).toThrow('T0 touches word 4 of 4');
    expect(() => run((m) => m.fill(3, 2, 0))).toThrow('T0 touches 2 words from 3 of 4');
    expect(() => run((m) => m.choose(0))).toThrow('T0 chooses among 0 alternatives');
  });

  it('rejects threads that are declared identical and are not', () => {
    expect(() =>
      explore({
        words: { x: 0 },
        threads: [(m, word) => m.store(word.x, 1), (m, word) => m.store(word.x, 2)],
        identical: [[0, 1]],
      }),
    ).toThrow(/T1 is declared identical to T0/);
  });

  it('gives no verdict on a thread without end, and names it', () => {
    const result = explore({
      words: { x: 0 },
      threads: {
        spinner: (m, word) => {
          while (m.load(word.x) === 0);
        },
        other: (m, word) => m.load(word.x),
      },
    });
    expect(result).toMatchObject({ verdict: 'unknown', complete: false, interleavings: null });
    expect(result.cut).toMatch(/spinner has done 10000 operations: mark its loops with loopHead/);
  });

  it('takes a throw for the end of a thread, with the property that the error names', () => {
    const result = run((m) => {
      m.store(0, 1);
      throw Object.assign(new Error('page 3 is NULL'), { property: 'null-dereference' });
    });
    expect(result.violations).toMatchObject([{ property: 'null-dereference', message: 'page 3 is NULL' }]);
    expect(result.outcomes[0]?.values).toEqual([{ threw: 'page 3 is NULL' }]);
  });

  it('reports no deadlock that only follows from a throw', () => {
    const result = run(
      (m) => {
        m.store(0, 1);
        throw new Error('oops');
      },
      (m) => m.awaitBits(1, 1, 1),
    );
    expect(result.deadlocks).toEqual([]);
    expect(result.violations.map(({ property }) => property)).toEqual(['thread-threw']);
    expect(result.canAlwaysFinish).toBe(false);
  });
});
