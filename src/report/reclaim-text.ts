import type { MglruWork, ReclaimFigures } from '../reclaim/reclaim-figures.ts';
import type { ReclaimResult } from '../run/reclaim-result.ts';
import { formatTable } from '../shared/text-table.ts';
import { withSeparators } from './number-text.ts';

/** The result of a reclaim run as a person reads it. */
export function reclaimText(result: ReclaimResult, quiet: boolean): string {
  const parts = [...(quiet ? [] : [workload(result)]), table(result), ...(quiet ? [] : [LEGEND]), closing(result)];
  return `${parts.join('\n\n')}\n`;
}

function workload({ config }: ReclaimResult): string {
  const { pages, hotPages, hotAccesses, limit, rounds, accesses, writes } = config;
  return (
    `${withSeparators(pages)} pages, of which ${withSeparators(hotPages)} are hot and get ${percent(hotAccesses)} of accesses; ` +
    `${withSeparators(limit)} may be resident\n` +
    `${withSeparators(rounds)} rounds of ${withSeparators(accesses)} accesses, ${percent(writes)} of them writes; after each an aging pass, unless there are four generations`
  );
}

const HEAD = [
  'variant',
  'guest',
  'hot evicted',
  'evicted',
  'misreported',
  'hot refaults',
  'cold refaults',
  'hot resident',
  'checked',
  'kept',
  'passes',
  'aging calls',
];

function table({ rows, comparison }: ReclaimResult): string {
  const lines = rows.map(({ variant, nested, figures }) => [
    variant,
    nested ? 'L2' : 'L1',
    ...outcome(figures, withSeparators(figures.misreported)),
    ...work(figures),
    withSeparators(figures.agingCalls),
  ]);
  if (comparison !== null) {
    lines.push(['(exact LRU)', '', ...outcome(comparison.exactLru, '-'), '-', '-', '-', '-']);
    lines.push(['(asks nobody)', '', ...outcome(comparison.asksNobody, '-'), ...work(comparison.asksNobody), '-']);
  }
  return formatTable([HEAD, ...lines], [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
}

function outcome({ hotEvictions, evictions, refaults, hotResident }: ReclaimFigures, misreported: string): string[] {
  return [
    withSeparators(hotEvictions),
    withSeparators(evictions),
    misreported,
    withSeparators(refaults.hot),
    withSeparators(refaults.cold),
    percent(hotResident),
  ];
}

function work({ checked, kept, agingPasses }: MglruWork): string[] {
  return [checked, kept, agingPasses].map(withSeparators);
}

const LEGEND = [
  'misreported: evicted although no call had reported an access to the page',
  'checked, kept: about to be evicted and asked about; and found referenced',
  '(exact LRU): sees every access, and evicts what was accessed longest ago',
  '(asks nobody): MGLRU that takes every page for old',
].join('\n');

function closing({ interrupted, seed }: ReclaimResult): string {
  return `${interrupted ? 'interrupted: what is shown above is partial\n' : ''}seed ${seed}`;
}

function percent(fraction: number): string {
  return `${Number((fraction * 100).toFixed(1))}%`;
}
