import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeWords, encodeWords } from '../../../src/check/word-list.ts';

const WORDS = 2000;

describe('a list of words in a token', () => {
  it('is read back as it was written', () => {
    const lists = fc.uniqueArray(fc.nat(WORDS - 1), { maxLength: 200 }).map((words) => words.sort((a, b) => a - b));
    fc.assert(
      fc.property(lists, (words) => {
        expect(decodeWords(encodeWords(words), WORDS)).toEqual(words);
      }),
    );
  });

  it('is read back if it is one run', () => {
    const runs = fc
      .tuple(fc.nat(WORDS - 1), fc.nat(100))
      .map(([first, more]) => [first, Math.min(WORDS - 1, first + more)]);
    fc.assert(
      fc.property(runs, ([first = 0, last = 0]) => {
        const words = Array.from({ length: last - first + 1 }, (_, i) => first + i);
        expect(decodeWords(encodeWords(words), WORDS)).toEqual(words);
        expect(decodeWords(encodeWords(words), last)).toBeUndefined();
      }),
    );
  });

  it('is short', () => {
    expect(encodeWords([])).toBe('');
    expect(encodeWords([36, 37, 38, 39, 50])).toBe('10-3.a');
  });

  it.each(['-', '1-', '-1', '1.', '.1', '1..1', '1-1-1', '1,2', 'A', ' 1', 'zzzzzzz', '1-zzzzz'])(
    'is none: "%s"',
    (text) => {
      expect(decodeWords(text, WORDS)).toBeUndefined();
    },
  );
});
