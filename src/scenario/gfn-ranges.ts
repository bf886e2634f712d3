/** Sorted, disjoint, half-open ranges of guest frame numbers. */
export type GfnRanges = readonly (readonly [start: number, end: number])[];

/** One sorted list of ranges from gfns, or ranges of them, in any order. */
export function toGfnRanges(listed: readonly (number | readonly [number, number])[]): GfnRanges {
  const sorted = listed
    .map((item): [number, number] => (typeof item === 'number' ? [item, item + 1] : [item[0], item[1]]))
    .sort((a, b) => a[0] - b[0]);
  const ranges: [number, number][] = [];
  for (const range of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && range[0] <= last[1]) last[1] = Math.max(last[1], range[1]);
    else ranges.push(range);
  }
  return ranges;
}

/** `{}`, `{4107}`, `{4107, 4110..4113}` (the end is not part of it), and after `limit` ranges `… 3 more`. */
export function gfnRangesText(ranges: GfnRanges, limit = Number.POSITIVE_INFINITY): string {
  const texts = ranges.slice(0, limit).map(([start, end]) => gfnRangeText(start, end));
  if (ranges.length > limit) texts.push(`… ${ranges.length - limit} more`);
  return `{${texts.join(', ')}}`;
}

/** `4110..4113`, or `4110` if that is all of it. */
export function gfnRangeText(start: number, end: number): string {
  return end === start + 1 ? String(start) : `${start}..${end}`;
}
