import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bitmapWords, clearBitmap, setBitmapBit, testBitmapBit } from '../../../src/shared/bitmap.ts';
import { createArena, singleThreadMemory } from '../../support/arena.ts';

const PAGES = 100;

const arena = createArena((layout) => ({
  before: layout.region({ name: 'before', count: 1, wordClass: 'shared', meaning: 'canary' }),
  bitmap: layout.region({ name: 'bitmap', count: bitmapWords(PAGES), wordClass: 'private', meaning: 'the bitmap' }),
  after: layout.region({ name: 'after', count: 1, wordClass: 'shared', meaning: 'canary' }),
}));

it('a bitmap holds exactly the bits that were set, and touches no word beside it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: PAGES - 1 })), (indices) => {
      const m = singleThreadMemory(arena);
      const { before, bitmap, after } = arena.parts;
      m.fill(bitmap, bitmapWords(PAGES), -1);
      clearBitmap(m, bitmap, PAGES);
      for (const index of indices) setBitmapBit(m, bitmap, index);
      for (let index = 0; index < PAGES; index++) expect(testBitmapBit(m, bitmap, index)).toBe(indices.includes(index));
      expect([m.load(before), m.load(after)]).toEqual([0, 0]);
    }),
  );
});

it.each([
  [0, 0],
  [1, 1],
  [32, 1],
  [33, 2],
])('a bitmap of %i pages takes %i words', (pages, words) => {
  expect(bitmapWords(pages)).toBe(words);
});
