/** Of a list; the rest is counted. */
const SHOWN = 8;

type Range = readonly [start: number, end: number];

/** What kernel and model answered in a field in which they differ, in one line. */
export function differenceText(field: string, kernel: unknown, model: unknown): string {
  const text = `${field}: kernel says ${answerText(kernel)}, model says ${answerText(model)}`;
  if (!isRanges(kernel) || !isRanges(model)) return text;
  const only = [
    ['kernel', without(kernel, model)],
    ['model', without(model, kernel)],
  ] as const;
  const sides = only
    .filter(([, ranges]) => ranges.length > 0)
    .map(([who, ranges]) => `only the ${who}: ${answerText(ranges)}`);
  return sides.length === 0 ? text : `${text} (${sides.join('; ')})`;
}

/** A field's value: ranges as `{4107, 4110..4113}`, a change as `- -> 1:PWADM`, SPTEs by gfn as `{4107 1:PWADM}`. */
function answerText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (isRanges(value))
    return listText(value.map(([start, end]) => (end === start + 1 ? `${start}` : `${start}..${end}`)));
  if (Array.isArray(value) && value.length === 2) return value.map(String).join(' -> ');
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return listText(Object.entries(value).map(([key, item]) => `${key} ${String(item)}`));
  }
  return JSON.stringify(value) ?? 'nothing';
}

function listText(items: readonly string[]): string {
  const shown = items.slice(0, SHOWN);
  if (items.length > SHOWN) shown.push(`… ${items.length - SHOWN} more`);
  return `{${shown.join(', ')}}`;
}

function isRanges(value: unknown): value is readonly Range[] {
  return Array.isArray(value) && value.every((item) => Array.isArray(item) && item.length === 2);
}

/** What is in `ranges` and not in `others`; both are sorted and disjoint. */
function without(ranges: readonly Range[], others: readonly Range[]): readonly Range[] {
  return others.reduce<readonly Range[]>(
    (left, [start, end]) =>
      left.flatMap(([from, to]) => {
        const kept: Range[] = [];
        if (from < Math.min(to, start)) kept.push([from, Math.min(to, start)]);
        if (Math.max(from, end) < to) kept.push([Math.max(from, end), to]);
        return kept;
      }),
    ranges,
  );
}
