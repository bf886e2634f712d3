import { describe, expect, it } from 'vitest';
import { narrowThreads, referenceWords, wideThreads } from '../../bench/reference-program.ts';
import { CostQueue } from '../../src/explore/cost-queue.ts';
import { exploreProgram } from '../../src/explore/explore-program.ts';
import { RowTable } from '../../src/explore/row-table.ts';
import { derivePrng } from '../../src/shared/seed.ts';

describe('the reference program', () => {
  it('has exactly 384,567 states and 901,237 transitions with narrow results', () => {
    const result = exploreProgram({ threads: narrowThreads, initial: referenceWords });
    expect([result.states, result.transitions, result.complete]).toEqual([384_567, 901_237, true]);
  });

  it('has exactly 2,360,886 states and 4,856,606 transitions with whole-word results', { timeout: 60_000 }, () => {
    const wide = exploreProgram({ threads: wideThreads, initial: referenceWords });
    expect([wide.states, wide.transitions, wide.complete]).toEqual([2_360_886, 4_856_606, true]);
  });

  it('has the same outcomes with finished histories merged', () => {
    const plain = exploreProgram({ threads: narrowThreads, initial: referenceWords });
    const merged = exploreProgram({ threads: narrowThreads, initial: referenceWords }, { mergeFinished: true });
    const key = ({ values, memory, interleavings, minPreemptions }: (typeof plain.outcomes)[number]): string =>
      JSON.stringify([values, [...memory], String(interleavings), minPreemptions]);
    expect(merged.outcomes.map(key).sort()).toEqual(plain.outcomes.map(key).sort());
    expect(merged.states).toBeLessThan(plain.states / 2);
  });
});

describe('row table', () => {
  it('numbers rows exactly, whatever collides, while it grows in both directions', () => {
    const prng = derivePrng('1', 'rows');
    const table = new RowTable(2);
    const known = new Map<string, number>();
    for (let i = 0; i < 20_000; i++) {
      if (i === 5000) table.widen(5);
      const row = new Int32Array(table.stride);
      row[0] = prng.below(200) - 100;
      row[1] = prng.below(200) - 100;
      if (i >= 5000) row[4] = prng.below(2);
      const key = [...row, 0, 0, 0].slice(0, 5).join();
      const expected = known.get(key) ?? known.size;
      expect(table.find(row)).toBe(known.get(key) ?? -1);
      expect(table.intern(row)).toBe(expected);
      known.set(key, expected);
    }
    expect(table.count).toBe(known.size);
  });
});

describe('cost queue', () => {
  it('returns entries in order of preemptions, switches and steps', () => {
    const prng = derivePrng('1', 'costs');
    const queue = new CostQueue();
    queue.push(0, 0, 0, 0);
    let last = -1;
    let pops = 0;
    for (let key = queue.pop(); key >= 0 && pops < 5000; key = queue.pop()) {
      const { preemptions, switches, steps } = queue;
      const cost = (preemptions * 10_000 + switches) * 10_000 + steps;
      expect(cost).toBeGreaterThanOrEqual(last);
      last = cost;
      pops++;
      if (pops > 2000) continue;
      for (let i = prng.below(4); i > 0; i--) {
        const switched = prng.below(2);
        queue.push(pops, preemptions + switched * prng.below(2), switches + switched, steps + 1);
      }
      queue.push(pops, preemptions, switches, steps + 1);
    }
    expect(pops).toBeGreaterThan(2000);
  });
});
