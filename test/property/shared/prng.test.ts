import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Prng } from '../../../src/shared/prng.ts';
import { derivePrng } from '../../../src/shared/seed.ts';

const state = fc.tuple(fc.integer(), fc.integer(), fc.integer(), fc.integer());

/** xoshiro128** as its authors publish it, in arithmetic that cannot overflow. */
function* reference(seed: readonly number[]): Generator<number, never> {
  const wrap = (value: bigint) => value & 0xffffffffn;
  const rotate = (value: bigint, by: bigint) => wrap(value << by) | (value >> (32n - by));
  let [a, b, c, d] = seed.map((word) => wrap(BigInt(word))) as [bigint, bigint, bigint, bigint];
  for (;;) {
    yield Number(wrap(rotate(wrap(b * 5n), 7n) * 9n));
    const shifted = wrap(b << 9n);
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11n);
  }
}

describe('Prng', () => {
  it('is xoshiro128**', () => {
    fc.assert(
      fc.property(state, (words) => {
        fc.pre(words.some((word) => word !== 0));
        const prng = new Prng(...words);
        const expected = reference(words);
        for (let i = 0; i < 20; i++) expect(prng.next()).toBe(expected.next().value);
      }),
    );
  });

  it('moves even from a state of zeros', () => {
    const prng = new Prng(0, 0, 0, 0);
    expect(Array.from({ length: 8 }, () => prng.next()).some((value) => value !== 0)).toBe(true);
  });

  it('stays below n, and below 1', () => {
    fc.assert(
      fc.property(state, fc.integer({ min: 1, max: 2 ** 24 }), (words, n) => {
        const prng = new Prng(...words);
        for (let i = 0; i < 20; i++) {
          const value = prng.below(n);
          expect(Number.isInteger(value) && value >= 0 && value < n).toBe(true);
          const fraction = prng.fraction();
          expect(fraction >= 0 && fraction < 1).toBe(true);
        }
      }),
    );
  });

  it('spreads evenly', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const prng = derivePrng(String(seed), 'spread');
        const counts = new Array(10).fill(0);
        for (let i = 0; i < 10_000; i++) counts[prng.below(10)]++;
        // Ten standard deviations: a fair generator does not get there.
        for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(300);
      }),
      { numRuns: 20 },
    );
  });
});
