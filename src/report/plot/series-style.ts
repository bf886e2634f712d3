/** Looks of a series. Colours are variables of the page's style sheet; dashes and symbols tell them apart without colour. */
export interface SeriesStyle {
  readonly color: string;
  readonly dash: string;
  readonly symbol: 'circle' | 'square' | 'triangle' | 'diamond' | 'star' | 'cross';
}

const COLORS = 6;
const DASHES = ['', '7 3', '2 3', '9 3 2 3', '4 2', '12 4'];
const SYMBOLS = ['circle', 'square', 'triangle', 'diamond', 'star', 'cross'] as const;

/** The style of the so-manieth series of a document, the same in all of its charts. */
export function seriesStyle(index: number): SeriesStyle {
  const place = Math.max(0, index) % COLORS;
  return { color: `var(--series-${place})`, dash: DASHES[place] ?? '', symbol: SYMBOLS[place] ?? 'circle' };
}
