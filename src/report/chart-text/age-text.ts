import type { PageAgeMap } from '../../stress/page-ages.ts';
import { type AgeClasses, ageClassOf } from '../chart/age-classes.ts';
import { withSeparators } from '../number-text.ts';

const COLUMNS = 64;
const ROWS = 16;
/** From young to old, one a class. */
const SHADES = ' .:-=+#@';

/** Age of pages over time: a letter the darker the older, a column a span of time, a row a range of pages. */
export function agesText(title: string, map: PageAgeMap, classes: AgeClasses): string {
  const { momentsMs, agesMs, pages } = map;
  const bins = agesMs[0]?.length ?? 0;
  if (bins === 0) return '';
  const columns = slices(momentsMs.length, COLUMNS);
  const rows = slices(bins, ROWS);
  const width = withSeparators(pages).length;
  const lines = rows.toReversed().map(([first, end]) => {
    const shades = columns.map(([from, to]) => SHADES[ageClassOf(mean(agesMs.slice(from, to), first, end), classes)]);
    return `${withSeparators(first * map.pagesPerBin).padStart(width)} │${shades.join('')}`;
  });
  const seconds = `${((momentsMs.at(-1) ?? 0) / 1000).toFixed(2)} s`;
  const axis = `${' '.repeat(width)} └0${'─'.repeat(Math.max(0, columns.length - 1 - seconds.length))}${seconds}`;
  const legend = classes.labels.map((label, index) => `"${SHADES[index]}" ${label}`);
  return [
    `${title}: from which page on (up) by time`,
    ...lines,
    axis,
    legend.slice(0, 4).join('   '),
    legend.slice(4).join('   '),
  ].join('\n');
}

/** Halves, thirds … of a length, as even as whole numbers are; no more than there are items. */
function slices(length: number, wanted: number): readonly (readonly [first: number, end: number])[] {
  const count = Math.min(length, wanted);
  return Array.from({ length: count }, (_, index) => [
    Math.floor((index * length) / count),
    Math.floor(((index + 1) * length) / count),
  ]);
}

function mean(moments: readonly (readonly number[])[], first: number, end: number): number {
  const ages = moments.flatMap((row) => row.slice(first, end));
  return ages.reduce((sum, age) => sum + age, 0) / ages.length;
}
