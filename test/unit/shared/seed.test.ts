import { describe, expect, it } from 'vitest';
import { derivePrng, parseSeed } from '../../../src/shared/seed.ts';

const COMMIT = '1234567890123456789012345678901234567890';

function prefix(seed: string, stream = 'vcpu0'): number[] {
  const prng = derivePrng(seed, stream);
  return Array.from({ length: 8 }, () => prng.next());
}

describe('parseSeed', () => {
  it.each(['0', '7', '007', '0x7', '0XfF', COMMIT, COMMIT.replace('1', 'A')])('accepts %s', (text) => {
    expect(parseSeed(text)).toBe(text.toLowerCase());
  });

  it.each(['', ' 7', '-1', '1.5', '1e3', '0x', 'HEAD', COMMIT.slice(0, 12).replace('1', 'a'), `${COMMIT}0`, '7\n'])(
    'refuses %j',
    (text) => {
      expect(parseSeed(text)).toBeUndefined();
    },
  );
});

describe('derivePrng', () => {
  it('depends on the number that the seed is, not on how it is written', () => {
    expect(prefix('0x7')).toEqual(prefix('7'));
    expect(prefix('007')).toEqual(prefix('7'));
    expect(prefix(COMMIT)).toEqual(prefix(`0x${COMMIT}`));
  });

  it('gives seeds and streams numbers of their own', () => {
    const prefixes = ['1', '2', '3'].flatMap((seed) =>
      ['vcpu0', 'vcpu1', 'host'].map((stream) => prefix(seed, stream)),
    );
    expect(new Set(prefixes.map(String)).size).toBe(9);
  });

  it('gives the same numbers for ever: a printed seed stays good', () => {
    expect(prefix('1')).toEqual([
      3236929133, 2200020199, 531891786, 3646727355, 202900167, 904419136, 1222239366, 3736707402,
    ]);
  });
});
