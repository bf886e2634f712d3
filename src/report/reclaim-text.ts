import type { ReclaimResult } from '../run/reclaim-result.ts';
import { withSeparators } from './number-text.ts';
import { reclaimTable } from './reclaim-table.ts';

/** The result of a reclaim run as a person reads it. */
export function reclaimText(result: ReclaimResult, quiet: boolean): string {
  const parts = [
    ...(quiet ? [] : [workload(result)]),
    ...broken(result),
    reclaimTable(result),
    ...(quiet ? [] : [LEGEND]),
    closing(result),
  ];
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

/** All rows have the same mutant. */
function broken({ rows }: ReclaimResult): string[] {
  const mutant = rows[0]?.mutant ?? null;
  return mutant === null ? [] : [`each variant with ${mutant}`];
}

const LEGEND = [
  "mixed: L2 accesses one half of memory, L1 the other; L2's: hot pages evicted from L2's half",
  'misreported: evicted although no call had reported an access to the page',
  'stale young: reported young, and not accessed since it was reported the last time',
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
