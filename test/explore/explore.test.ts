import { describe, expect, it } from 'vitest';
import type { Progress } from '../../src/explore/budget.ts';
import { type Exploration, explore, replayExploration } from '../../src/explore/explore.ts';
import { exploreProgram } from '../../src/explore/explore-program.ts';

/** Two threads increment in two steps. */
const lossy = {
  words: { x: 0 },
  threads: {
    left: (m, word) => m.store(word.x, m.load(word.x) + 1),
    right: (m, word) => m.store(word.x, m.load(word.x) + 1),
  },
  final: { 'nothing-lost': ({ x }) => x === 2 || `x is ${x}` },
} satisfies Exploration<'x'>;

describe('explore', () => {
  it('names threads and words, and tells the shortest story', () => {
    const result = explore(lossy);
    expect(result).toMatchObject({ verdict: 'violated', complete: true, cut: null, model: 'sc', interleavings: 6n });
    expect(result.outcomes).toEqual([
      { values: { left: undefined, right: undefined }, memory: { x: 2 }, interleavings: 2n, minPreemptions: 0 },
      { values: { left: undefined, right: undefined }, memory: { x: 1 }, interleavings: 4n, minPreemptions: 1 },
    ]);
    const [violation] = result.violations;
    expect(violation).toMatchObject({
      property: 'nothing-lost',
      message: 'x is 1',
      preemptions: 1,
      provenMinimal: true,
    });
    expect(violation?.schedule[1]).toEqual({
      thread: 'right',
      op: 'load',
      operands: [0, 0, 0],
      word: 'x',
      before: 0,
      after: 0,
      result: 0,
      switchedBecause: 'preempted',
    });
    expect(`\n${violation?.text}\n`).toMatchInlineSnapshot(`
      "
      nothing-lost: x is 1  (model sc)
      #  left         right
      1  load x -> 0
         ---- left is preempted ----
      2               load x -> 0
      3               store x, 1   x: 0 -> 1
         ---- right has ended ----
      4  store x, 1                x: 1 -> 1
      1 preemption, 2 switches, 4 steps: minimal (proven); no such violation without a preemption (proven)
      replay: x1-0pbw2v71q0kj0r-4.1.1.3.0
      "
    `);
  });

  it('replays a token through the plain functions, and refuses a program that has changed', () => {
    const token = explore(lossy).violations[0]?.replay as string;
    const replay = replayExploration(lossy, token);
    expect(replay.steps.map(({ thread, words }) => [thread, ...words])).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ]);
    expect(replay.standings.map(({ state }) => state)).toEqual(['returned', 'returned']);
    const changed = { ...lossy, words: { x: 1 } };
    expect(() => replayExploration(changed, token)).toThrow('the program has changed');
    const shorter = { ...lossy, threads: { ...lossy.threads, left: lossy.threads.left.bind(null), right: () => 0 } };
    expect(() => replayExploration(shorter, token)).toThrow('the program has changed');
    expect(() => replayExploration(lossy, 'x1-nonsense')).toThrow('is no schedule token');
  });

  it('gives values of a list of threads by index', () => {
    const result = explore({ words: { x: 0 }, threads: [(m, w) => m.fetchAdd(w.x, 1), (m, w) => m.exchange(w.x, 5)] });
    expect(result.outcomes.map(({ values }) => [values[0], values[1]])).toEqual([
      [0, 1],
      [5, 0],
    ]);
  });

  it('reports each deadlock with what every thread waits for', () => {
    const lockBoth =
      (first: 'a' | 'b', second: 'a' | 'b') =>
      (m: Parameters<typeof lossy.threads.left>[0], w: { a: number; b: number }) => {
        m.awaitAdd(w[first], -1, 0, 1);
        m.awaitAdd(w[second], -1, 0, 1);
        m.store(w[second], 0);
        m.store(w[first], 0);
      };
    const result = explore({ words: { a: 0, b: 0 }, threads: { p: lockBoth('a', 'b'), q: lockBoth('b', 'a') } });
    expect(result.verdict).toBe('violated');
    expect(result.canAlwaysFinish).toBe(false);
    expect(result.deadlocks).toMatchObject([
      {
        waiting: { p: 'awaitAdd of b', q: 'awaitAdd of a' },
        memory: { a: 1, b: 1 },
        interleavings: 2n,
        minPreemptions: 1,
      },
    ]);
    expect(result.violations[0]).toMatchObject({ property: 'deadlock', preemptions: 1, provenMinimal: true });
  });

  it('finds the state from which threads can run for ever, but never to their end', () => {
    const result = explore({
      words: { done: 0, flag: 0 },
      threads: {
        // Looks once, and then spins on a flag that nobody sets again.
        careless: (m, word) => {
          if (m.testBits(word.done, 1)) return;
          for (;;) {
            m.loopHead('spin');
            if (m.testBits(word.flag, 1)) return;
          }
        },
        other: (m, word) => m.store(word.done, 1),
      },
    });
    expect(result).toMatchObject({ verdict: 'violated', complete: true, interleavings: null, canAlwaysFinish: false });
    expect(result.violations).toMatchObject([{ property: 'cannot-finish', preemptions: 0, provenMinimal: true }]);
    expect(result.outcomes).toMatchObject([{ interleavings: 1n, minPreemptions: 0 }]);
  });

  it('counts outcomes behind a spin loop as infinitely many, and proves the program nevertheless', () => {
    const result = explore({
      words: { ready: 0, data: 0 },
      threads: {
        producer: (m, word) => {
          m.store(word.data, 42);
          m.store(word.ready, 1);
        },
        consumer: (m, word) => {
          for (;;) {
            m.loopHead('wait');
            if (m.testBits(word.ready, 1)) return m.load(word.data);
          }
        },
      },
      final: (_, { consumer }) => consumer === 42,
    });
    expect(result).toMatchObject({ verdict: 'holds', interleavings: null, canAlwaysFinish: true });
    expect(result.outcomes).toMatchObject([{ values: { consumer: 42 }, interleavings: null, minPreemptions: 0 }]);
  });

  it('checks invariants in every state, given in any form', () => {
    const program = {
      words: { x: 0, y: 0 },
      threads: [
        (m, word) => {
          m.store(word.x, 1);
          m.store(word.y, 1);
        },
      ],
    } satisfies Exploration<'x' | 'y'>;
    const equal = ({ x, y }: { x: number; y: number }): boolean => x === y;
    expect(explore({ ...program, invariants: equal }).violations).toMatchObject([{ property: 'equal' }]);
    expect(explore({ ...program, invariants: [equal] }).violations).toMatchObject([{ property: 'equal' }]);
    const thrown = explore({
      ...program,
      invariants: {
        same: ({ x, y }) => {
          if (x !== y) throw new Error(`${x} is not ${y}`);
          return undefined;
        },
      },
    });
    expect(thrown.violations).toMatchObject([{ property: 'same', message: '1 is not 0' }]);
    expect(explore({ ...program, invariants: ({ x, y }) => x >= y }).verdict).toBe('holds');
  });

  it('branches on choices, and replays them', () => {
    const program = {
      words: { x: 0 },
      threads: [(m, word) => m.store(word.x, m.choose(3))],
      final: { 'not-two': ({ x }) => x !== 2 },
    } satisfies Exploration<'x'>;
    const result = explore(program);
    expect(result.outcomes.map(({ memory, interleavings }) => [memory.x, interleavings])).toEqual([
      [0, 1n],
      [1, 1n],
      [2, 1n],
    ]);
    const [violation] = result.violations;
    expect(violation?.schedule.map(({ op, result: chosen }) => [op, chosen])).toEqual([
      ['choose', 2],
      ['store', null],
    ]);
    expect(replayExploration(program, violation?.replay as string).steps.at(-1)?.words[0]).toBe(2);
  });

  it('says unknown when a budget ends first, and violated if something was found by then', () => {
    const threads = Array.from({ length: 4 }, () => (m: Parameters<typeof lossy.threads.left>[0], w: { x: number }) => {
      for (let i = 0; i < 4; i++) m.store(w.x, m.load(w.x) + 1);
    });
    const capped = explore({ words: { x: 0 }, threads, budget: { states: 5000 } });
    expect(capped).toMatchObject({
      verdict: 'unknown',
      complete: false,
      cut: 'more than 5000 states',
      interleavings: null,
    });
    expect(
      capped.outcomes.every(({ interleavings, minPreemptions }) => interleavings === null && minPreemptions === null),
    ).toBe(true);
    const small = explore({ words: { x: 0 }, threads, budget: { bytes: 3_000_000 } });
    expect(small).toMatchObject({ verdict: 'unknown', cut: 'more than 3000000 bytes' });
    const violated = explore({ words: { x: 0 }, threads, budget: { states: 5000 }, final: ({ x }) => x === 16 });
    expect(violated).toMatchObject({ verdict: 'violated', complete: false });
    expect(violated.violations[0]?.schedule.length).toBeGreaterThan(0);
  });

  it('names a word that grows without bound', () => {
    const result = explore({
      words: { ticket: 0 },
      threads: {
        counter: (m, word) => {
          for (;;) {
            m.loopHead('round');
            m.add(word.ticket, 1);
          }
        },
      },
      budget: { states: 3000 },
    });
    expect(result.verdict).toBe('unknown');
    expect(result.cut).toMatch(/^more than 3000 states; ticket has taken \d+ values: does it grow without bound\?$/);
  });

  it('takes a clock as an argument, and the engine below has none of its own', () => {
    let now = 0;
    const clock = (): number => now++;
    const threads = Array.from({ length: 4 }, () => (m: Parameters<typeof lossy.threads.left>[0], w: { x: number }) => {
      for (let i = 0; i < 4; i++) m.store(w.x, m.load(w.x) + 1);
    });
    const result = explore({ words: { x: 0 }, threads, budget: { milliseconds: 3, now: clock } });
    expect(result).toMatchObject({ verdict: 'unknown', cut: 'more than 3 ms' });
    const program = { threads: [{ name: 'idle', run: () => 0 }], initial: new Int32Array(1) };
    expect(() => exploreProgram(program, { budget: { milliseconds: 3 } })).toThrow('needs a clock');
  });

  it('reports progress and stops when it is told to', () => {
    const threads = Array.from({ length: 4 }, () => (m: Parameters<typeof lossy.threads.left>[0], w: { x: number }) => {
      for (let i = 0; i < 4; i++) m.store(w.x, m.load(w.x) + 1);
    });
    const seen: Progress[] = [];
    const result = explore({
      words: { x: 0 },
      threads,
      onProgress: (progress) => {
        seen.push(progress);
        return seen.length < 4 ? undefined : false;
      },
    });
    expect(seen).toHaveLength(4);
    expect(result).toMatchObject({ verdict: 'unknown', complete: false, cut: 'stopped by its caller' });
    expect(result.states).toBeGreaterThanOrEqual(seen[3]?.states as number);
    expect(seen[3]).toMatchObject({ statesPerSecond: expect.any(Number) });
  });

  it('folds identical threads without changing what it says', () => {
    const threads = Array.from({ length: 3 }, () => (m: Parameters<typeof lossy.threads.left>[0], w: { x: number }) => {
      const seen = m.load(w.x);
      m.store(w.x, seen + 1);
      return seen;
    });
    const plain = explore({ words: { x: 0 }, threads });
    const folded = explore({ words: { x: 0 }, threads, identical: [[0, 1, 2]] });
    const key = ({ values, memory, interleavings, minPreemptions }: (typeof plain.outcomes)[number]): string =>
      JSON.stringify([Object.values(values), memory.x, String(interleavings), minPreemptions]);
    expect(folded.outcomes.map(key).sort()).toEqual(plain.outcomes.map(key).sort());
    expect(folded.interleavings).toBe(90n);
    expect(folded.states).toBeLessThan(plain.states / 2);
  });

  it('counts more interleavings than a double can hold', () => {
    const threads = Array.from({ length: 3 }, () => (m: Parameters<typeof lossy.threads.left>[0], w: { x: number }) => {
      for (let i = 0; i < 30; i++) m.setBits(w.x, 1);
    });
    const result = explore({ words: { x: 0 }, threads });
    const factorial = (n: bigint): bigint => (n === 0n ? 1n : n * factorial(n - 1n));
    expect(result.interleavings).toBe(factorial(90n) / factorial(30n) ** 3n);
    expect(result.outcomes[0]?.interleavings).toBe(result.interleavings);
  });

  it('finds a thread that spins while others go round for ever, if asked for starvation', () => {
    const result = explore({
      words: { turn: 0 },
      threads: {
        busy: (m, word) => {
          for (;;) {
            m.loopHead('busy');
            m.store(word.turn, 1);
            m.store(word.turn, 0);
          }
        },
        unlucky: (m, word) => m.awaitBits(word.turn, 1, 1),
      },
      starvation: true,
    });
    expect(result.starved).toEqual(['unlucky']);
  });

  it('explores no threads at all', () => {
    const result = explore({ words: { x: 3 }, threads: {} });
    expect(result).toMatchObject({ verdict: 'holds', states: 1, transitions: 0, interleavings: 1n });
    expect(result.outcomes).toEqual([{ values: {}, memory: { x: 3 }, interleavings: 1n, minPreemptions: 0 }]);
  });

  it('names the accepted memory models', () => {
    expect(() => explore({ ...lossy, model: 'tso' as 'sc' })).toThrow('unknown memory model "tso": accepted are sc');
  });

  it('rejects a word that is no 32-bit integer', () => {
    expect(() => explore({ words: { x: 2 ** 31 }, threads: [] })).toThrow('word x starts as 2147483648');
  });
});
