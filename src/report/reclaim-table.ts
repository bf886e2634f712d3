import type { GuestKind } from '../reclaim/guest-kind.ts';
import type { GuestFigures, MglruWork, ReclaimFigures } from '../reclaim/reclaim-figures.ts';
import type { ReclaimEnd, ReclaimResult } from '../run/reclaim-result.ts';
import { formatTable } from '../shared/text-table.ts';
import { withSeparators } from './number-text.ts';

const NAMES = ['variant', 'guest'];
const FIGURES = [
  'hot evicted',
  "L2's",
  'evicted',
  'hot refaults',
  'misreported',
  'stale young',
  'checked',
  'kept',
  'passes',
  'aging calls',
];
const GUESTS: Readonly<Record<GuestKind, string>> = { l1: 'L1', l2: 'L2', mixed: 'mixed' };

/** A line of the table: its first cells, and figures or what is said in their place. */
interface Line {
  readonly names: readonly string[];
  readonly figures: readonly string[] | string;
}

export function reclaimTable({ rows, comparison }: ReclaimResult): string {
  const lines: Line[] = rows.map(({ variant, guest, figures, end }) => ({
    names: [variant, GUESTS[guest]],
    figures: end === null ? guestCells(figures, guest) : endText(end),
  }));
  if (comparison !== null) {
    const { exactLru, asksNobody } = comparison;
    const nothing = ['-', '-', '-', '-'];
    lines.push({ names: ['(exact LRU)'], figures: [...outcome(exactLru, '-'), '-', '-', ...nothing] });
    lines.push({
      names: ['(asks nobody)'],
      figures: [...outcome(asksNobody, '-'), '-', '-', ...work(asksNobody), '-'],
    });
  }
  return textOf([{ names: NAMES, figures: FIGURES }, ...lines]);
}

/** What is said in place of figures is as long as it likes: it makes no column wider. */
function textOf(lines: readonly Line[]): string {
  const names = formatTable(lines.map((line) => line.names)).split('\n');
  const width = Math.max(...names.map((text) => text.length));
  const figures = formatTable(
    lines.map((line) => (typeof line.figures === 'string' ? [] : line.figures)),
    FIGURES.map((_, column) => column),
  ).split('\n');
  return lines
    .map((line, i) => {
      const rest = typeof line.figures === 'string' ? line.figures : (figures[i] as string);
      return `${(names[i] as string).padEnd(width)}  ${rest}`;
    })
    .join('\n');
}

function guestCells(figures: GuestFigures, guest: GuestKind): string[] {
  const { hotEvictionsOfL2, misreported, staleYoung, agingCalls } = figures;
  return [
    ...outcome(figures, guest === 'mixed' ? withSeparators(hotEvictionsOfL2) : '-'),
    withSeparators(misreported),
    withSeparators(staleYoung),
    ...work(figures),
    withSeparators(agingCalls),
  ];
}

function outcome({ hotEvictions, evictions, refaults }: ReclaimFigures, ofL2: string): string[] {
  return [withSeparators(hotEvictions), ofL2, withSeparators(evictions), withSeparators(refaults.hot)];
}

function work({ checked, kept, agingPasses }: MglruWork): string[] {
  return [checked, kept, agingPasses].map(withSeparators);
}

function endText({ cause, round, access }: ReclaimEnd): string {
  const what = cause === 'out-of-memory' ? 'the host is out of memory' : `the kernel crashes (${cause})`;
  return `${what} in round ${withSeparators(round)}, at access ${withSeparators(access)}`;
}
