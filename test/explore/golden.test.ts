import { describe, expect, it } from 'vitest';
import { explore, type ThreadFunction } from '../../src/explore/explore.ts';

type Words = 'x' | 'y';
type Thread = ThreadFunction<Words>;

interface Golden {
  readonly threads: readonly Thread[];
  readonly interleavings: bigint;
  readonly states: number;
  /** Outcome as text -> [interleavings, fewest preemptions]; absent where only the number of outcomes is known. */
  readonly outcomes?: Readonly<Record<string, [bigint, number]>>;
  readonly outcomeCount?: number;
  readonly never?: readonly string[];
  readonly show: 'values' | 'memory' | 'both' | 'x';
}

const A = 1;
const D = 2;

/** A full barrier is a locked operation on a word of one's own: a step that nobody else sees. */
const fence = (m: Parameters<Thread>[0], word: number): void => m.add(word, 0);

const write1 =
  (name: Words): Thread =>
  (m, word) =>
    m.store(word[name], 1);
const storeLoad =
  (mine: Words, other: Words): Thread =>
  (m, word) => {
    m.store(word[mine], 1);
    return m.load(word[other]);
  };
const storeFenceLoad =
  (mine: Words, other: Words): Thread =>
  (m, word) => {
    m.store(word[mine], 1);
    fence(m, word[mine]);
    return m.load(word[other]);
  };
const readBoth =
  (first: Words, second: Words): Thread =>
  (m, word) => {
    const a = m.load(word[first]);
    return `${a},${m.load(word[second])}`;
  };
const splitIncrement: Thread = (m, word) => {
  const x = m.load(word.x);
  m.store(word.x, x + 1);
  return x;
};

const golden: Readonly<Record<string, Golden>> = {
  SB: {
    threads: [storeLoad('x', 'y'), storeLoad('y', 'x')],
    interleavings: 6n,
    states: 13,
    outcomes: { '0;1': [1n, 0], '1;0': [1n, 0], '1;1': [4n, 1] },
    show: 'values',
  },
  'SB + both mfence': {
    threads: [storeFenceLoad('x', 'y'), storeFenceLoad('y', 'x')],
    interleavings: 20n,
    states: 22,
    outcomes: { '0;1': [1n, 0], '1;0': [1n, 0], '1;1': [18n, 1] },
    show: 'values',
  },
  'SB + one mfence': {
    threads: [storeFenceLoad('x', 'y'), storeLoad('y', 'x')],
    interleavings: 10n,
    states: 17,
    outcomes: { '0;1': [1n, 0], '1;0': [1n, 0], '1;1': [8n, 1] },
    show: 'values',
  },
  MP: {
    threads: [
      (m, word) => {
        m.store(word.x, 1);
        m.store(word.y, 1);
      },
      readBoth('y', 'x'),
    ],
    interleavings: 6n,
    states: 13,
    outcomes: { '-;1,1': [1n, 0], '-;0,0': [1n, 0], '-;0,1': [4n, 1] },
    never: ['-;1,0'],
    show: 'values',
  },
  LB: {
    threads: [
      (m, word) => {
        const r = m.load(word.x);
        m.store(word.y, 1);
        return r;
      },
      (m, word) => {
        const r = m.load(word.y);
        m.store(word.x, 1);
        return r;
      },
    ],
    interleavings: 6n,
    states: 13,
    outcomes: { '0;1': [1n, 0], '1;0': [1n, 0], '0;0': [4n, 1] },
    never: ['1;1'],
    show: 'values',
  },
  IRIW: {
    threads: [write1('x'), write1('y'), readBoth('x', 'y'), readBoth('y', 'x')],
    interleavings: 180n,
    states: 97,
    outcomeCount: 15,
    never: ['-;-;1,0;1,0'],
    show: 'values',
  },
  '2+2W': {
    threads: [
      (m, word) => {
        m.store(word.x, 1);
        m.store(word.y, 2);
      },
      (m, word) => {
        m.store(word.y, 1);
        m.store(word.x, 2);
      },
    ],
    interleavings: 6n,
    states: 13,
    outcomes: { '2,1': [1n, 0], '1,2': [1n, 0], '2,2': [4n, 1] },
    never: ['1,1'],
    show: 'memory',
  },
  R: {
    threads: [
      (m, word) => {
        m.store(word.x, 1);
        m.store(word.y, 1);
      },
      (m, word) => {
        m.store(word.y, 2);
        return m.load(word.x);
      },
    ],
    interleavings: 6n,
    states: 13,
    outcomeCount: 3,
    show: 'both',
  },
  WRC: {
    threads: [
      write1('x'),
      (m, word) => {
        const r = m.load(word.x);
        m.store(word.y, 1);
        return r;
      },
      readBoth('y', 'x'),
    ],
    interleavings: 30n,
    states: 36,
    outcomeCount: 7,
    never: ['-;1;1,0'],
    show: 'values',
  },
  n6: {
    threads: [
      (m, word) => {
        m.store(word.x, 1);
        const own = m.load(word.x);
        return `${own},${m.load(word.y)}`;
      },
      (m, word) => {
        m.store(word.y, 2);
        m.store(word.x, 2);
      },
    ],
    interleavings: 10n,
    states: 19,
    outcomeCount: 4,
    show: 'both',
  },
  'split increment x2': {
    threads: [splitIncrement, splitIncrement],
    interleavings: 6n,
    states: 13,
    outcomes: { '2': [2n, 0], '1': [4n, 1] },
    show: 'x',
  },
  'split increment x3': {
    threads: [splitIncrement, splitIncrement, splitIncrement],
    interleavings: 90n,
    states: 84,
    outcomeCount: 16,
    show: 'both',
  },
  'atomic increment x3': {
    threads: [1, 2, 3].map((): Thread => (m, word) => m.fetchAdd(word.x, 1)),
    interleavings: 6n,
    states: 16,
    outcomeCount: 6,
    show: 'values',
  },
};

describe('golden numbers under sequential consistency', () => {
  for (const [name, { threads, interleavings, states, outcomes, outcomeCount, never, show }] of Object.entries(
    golden,
  )) {
    it(`counts ${name} exactly`, () => {
      const result = explore({ words: { x: 0, y: 0 }, threads });
      expect(result.model).toBe('sc');
      expect(result.complete).toBe(true);
      expect(result.interleavings).toBe(interleavings);
      expect(result.states).toBe(states);
      const seen = new Map<string, [bigint, number]>();
      for (const outcome of result.outcomes) {
        const values = Object.values(outcome.values).map((value) => value ?? '-');
        const { x, y } = outcome.memory;
        const text = {
          values: values.join(';'),
          memory: `${x},${y}`,
          both: `${values.join(';')} ${x},${y}`,
          x: `${x}`,
        }[show];
        const [count, fewest] = seen.get(text) ?? [0n, Number.POSITIVE_INFINITY];
        seen.set(text, [count + (outcome.interleavings as bigint), Math.min(fewest, outcome.minPreemptions as number)]);
      }
      if (outcomes !== undefined) expect(Object.fromEntries(seen)).toEqual(outcomes);
      if (outcomeCount !== undefined) expect(seen.size).toBe(outcomeCount);
      for (const impossible of never ?? []) expect(seen.has(impossible)).toBe(false);
    });
  }

  it('loses a dirty bit to a split clear, in one of three interleavings, with one preemption', () => {
    const result = explore({
      words: { pte: A },
      threads: {
        ager: (m, word) => {
          const old = m.load(word.pte);
          m.store(word.pte, old & ~A);
        },
        vcpu: (m, word) => m.setBits(word.pte, D),
      },
      final: { 'dirty-lost': ({ pte }) => (pte & D) !== 0 },
    });
    expect([result.interleavings, result.states]).toEqual([3n, 9]);
    const rows = result.outcomes.map(({ memory, interleavings, minPreemptions }) => [
      (memory.pte & D) !== 0 ? 'kept' : 'lost',
      interleavings,
      minPreemptions,
    ]);
    expect(rows.sort()).toEqual([
      ['kept', 2n, 0],
      ['lost', 1n, 1],
    ]);
    expect(result.verdict).toBe('violated');
    expect(result.violations[0]).toMatchObject({ property: 'dirty-lost', preemptions: 1, provenMinimal: true });
  });

  it('keeps the dirty bit beside an atomic clear', () => {
    const result = explore({
      words: { pte: A },
      threads: { ager: (m, word) => m.clearBits(word.pte, A), vcpu: (m, word) => m.setBits(word.pte, D) },
      final: { 'dirty-lost': ({ pte }) => (pte & D) !== 0 },
    });
    expect([result.interleavings, result.states, result.verdict]).toEqual([2n, 4, 'holds']);
    expect(result.outcomes).toHaveLength(1);
  });
});
