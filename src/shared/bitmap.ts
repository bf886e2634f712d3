import type { LayoutBuilder } from './layout.ts';
import type { Memory, Word } from './memory.ts';

/**
 * The bitmap of an aging call, as version 3 of the series indexes it: reversed, bit 0 is the last page of the range.
 * Its words belong to the caller alone, so these are no atomic operations (`__set_bit`, `test_bit`).
 */

/** Words that a bitmap over `pages` pages takes. */
export function bitmapWords(pages: number): number {
  return Math.ceil(pages / 32);
}

/** The bitmap of the aging thread of a run, whose calls cover `batch` pages. */
export function createBatchBitmap(layout: LayoutBuilder, batch: number): Word {
  return layout.region({
    name: 'bitmap',
    count: bitmapWords(batch),
    wordClass: 'private',
    owner: 'the aging thread',
    padded: true,
    meaning: 'pages of the current batch, bit 0 the last one',
  });
}

/** `index` is the distance from the last page of the range. */
export function setBitmapBit(m: Memory, bitmap: Word, index: number): void {
  const word = bitmap + (index >>> 5);
  m.storeOwn(word, m.loadOwn(word) | (1 << (index & 31)));
}

export function testBitmapBit(m: Memory, bitmap: Word, index: number): boolean {
  return (m.loadOwn(bitmap + (index >>> 5)) & (1 << (index & 31))) !== 0;
}

export function clearBitmap(m: Memory, bitmap: Word, pages: number): void {
  for (let i = 0; i < bitmapWords(pages); i++) m.storeOwn(bitmap + i, 0);
}
