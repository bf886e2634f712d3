import type { BenchCell } from '../bench/bench-config.ts';
import type { BenchRatio, BenchResult, BenchRow, Estimate, RatioMetric } from '../run/bench-result.ts';
import { formatTable } from '../shared/text-table.ts';
import { countText } from './count-text.ts';
import { durationText, withSeparators } from './number-text.ts';

export interface BenchTextOptions {
  /** Only ratios and warnings. */
  readonly quiet: boolean;
}

/** The result of a latency benchmark as a person reads it. What a terminal shows without scrolling, the ratios, comes last. */
export function benchText(result: BenchResult, { quiet }: BenchTextOptions): string {
  const parts = [
    ...(quiet ? [] : [latencies(result), times(result), slowdowns(result)]),
    ...ratios(result),
    ...comparison(result),
    ...(quiet ? [] : [overhead(result)]),
    ...warnings(result),
    closing(result),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** One line a cell and variant: medians of the repeats. */
function times({ rows, config }: BenchResult): string {
  const table = groups(rows).map((group) => {
    const [row] = group as [BenchRow, ...BenchRow[]];
    return [
      ...cellColumns(row),
      row.variant,
      durationText(medianOf(group, ({ vcpuWallNs }) => vcpuWallNs)),
      durationText(medianOf(group, ({ vcpuWallNs, accesses, vcpus }) => (vcpuWallNs * vcpus) / accesses)),
      durationText(medianOf(group, ({ agingPassNs }) => agingPassNs)),
      withSeparators(group.reduce((sum, { passes }) => sum + passes, 0)),
      stillIdleText(medianOf(group, ({ stillIdle }) => stillIdle)),
    ];
  });
  const head = [...CELL_HEAD, 'variant', 'vCPU time', 'an access', 'aging pass', 'passes', 'still idle'];
  return `${formatTable([head, ...table], [1, 3, 5, 6, 7, 8, 9])}\n(medians of ${config.repeat} repeats; vCPU time: from the first vCPU's beginning to the last one's end, ${withSeparators(config.pagesPerVcpu)} pages each)`;
}

function latencies({ rows, timerNs }: BenchResult): string {
  const kinds = [
    ['access', 'accessNs'],
    ['fault', 'faultNs'],
    ['lock wait', 'mmuLockWaitNs'],
    ['lock hold', 'mmuLockHoldNs'],
  ] as const;
  const table = groups(rows).flatMap((group) =>
    kinds.flatMap(([name, key]) => {
      const count = group.reduce((sum, row) => sum + row[key].count, 0);
      if (count === 0) return [];
      const [row] = group as [BenchRow, ...BenchRow[]];
      const at = (percentile: 'p50' | 'p99' | 'p99_9' | 'p99_99' | 'max') =>
        durationText(medianOf(group, (each) => each[key][percentile]));
      return [
        [
          ...cellColumns(row),
          row.variant,
          name,
          withSeparators(count),
          at('p50'),
          at('p99'),
          at('p99_9'),
          at('p99_99'),
          at('max'),
        ],
      ];
    }),
  );
  if (table.length === 0) return '';
  const head = [...CELL_HEAD, 'variant', 'latency', 'count', 'p50', 'p99', 'p99.9', 'p99.99', 'max'];
  const notes = [
    `the timer itself costs ${timerNs} ns a measurement; percentiles are medians of the repeats'`,
    'a vCPU makes its next access when the last one has ended, so a stall is one slow access, not many: the tail is that of accesses, not of moments',
    'lock wait: vCPUs that could not have mmu_lock at once; lock hold: one hold in 16, of any thread',
  ];
  return `${formatTable([head, ...table], [1, 3, 6, 7, 8, 9, 10, 11])}\n(${notes.join(';\n ')})`;
}

function ratios({ ratios: all }: BenchResult): string[] {
  if (all.length === 0) return [];
  const row = (ratio: BenchRatio): string[] => [
    ...cellColumns(ratio),
    METRIC_NAME[ratio.metric],
    `${ratio.variants[0]} / ${ratio.variants[1]}`,
    ...estimateColumns(ratio),
  ];
  const head = [...CELL_HEAD, 'ratio of', 'variants', 'ratio', 'interval', 'confidence'];
  return [formatTable([head, ...all.map(row)], [1, 3, 6, 7, 8])];
}

function comparison({ comparison: compared }: BenchResult): string[] {
  if (compared === null) return [];
  const { baseline, failAbovePercent, changes, notMeasured } = compared;
  const rows = changes.map((change) => [
    ...cellColumns(change),
    METRIC_NAME[change.metric],
    `${change.variants[0]} / ${change.variants[1]}`,
    change.before.ratio.toFixed(2),
    change.now.ratio.toFixed(2),
    `${change.percent < 0 ? '' : '+'}${change.percent.toFixed(1)} %`,
    change.verdict,
  ]);
  const head = [...CELL_HEAD, 'ratio of', 'variants', 'baseline', 'now', 'change', ''];
  const margin = failAbovePercent === null ? '' : `, by more than ${failAbovePercent} % to count`;
  const notes = [
    `beside ${baseline}: worse is a ratio that fell${margin}, with intervals that do not overlap; unclear, if they do`,
    ...(notMeasured > 0 ? [`${withSeparators(notMeasured)} ratios of the baseline were not measured now`] : []),
  ];
  const table =
    changes.length === 0 ? 'no ratio of the baseline was measured now' : formatTable([head, ...rows], [1, 3, 6, 7, 8]);
  return [`${table}\n(${notes.join('; ')})`];
}

function slowdowns({ slowdowns: all }: BenchResult): string {
  if (all.length === 0) return '';
  const rows = all.map((slowdown) => [...cellColumns(slowdown), slowdown.variant, ...estimateColumns(slowdown)]);
  const head = [...CELL_HEAD, 'variant', 'with / without aging', 'interval', 'confidence'];
  return formatTable([head, ...rows], [1, 3, 5, 6, 7]);
}

/** What the latencies above cost to measure; the wall times are from iterations that measured none. */
function overhead({ overheads }: BenchResult): string {
  const [first] = overheads;
  if (first === undefined) return '';
  const sorted = overheads.toSorted((a, b) => a.ratio - b.ratio);
  const middle = sorted[sorted.length >> 1] as Estimate;
  const worst = sorted.at(-1) as (typeof overheads)[number];
  const percent = (ratio: number): string => `${((ratio - 1) * 100).toFixed(1)} %`;
  return `measuring latencies costs vCPUs ${percent(middle.ratio)} of their time (median of ${overheads.length}; most, ${percent(worst.ratio)}, in ${worst.phase} with ${countText(worst.vcpus, 'vCPU')} on ${worst.variant}). Times and ratios are from iterations that measure none.`;
}

function warnings({ warnings: all }: BenchResult): string[] {
  return all.length === 0 ? [] : [all.map((warning) => `warning: ${warning}`).join('\n')];
}

function closing({ interrupted, failures, seed, rows }: BenchResult): string {
  return [
    ...failures.map((failure) => `harness failure: ${failure}`),
    ...(interrupted ? ['interrupted: what is shown above is partial'] : []),
    ...(interrupted || failures.length > 0 ? [`${withSeparators(rows.length)} runs were measured`] : []),
    'Times are of this model in JavaScript. Compare variants with each other, in one run; not with a kernel.',
    `seed ${seed}`,
  ].join('\n');
}

const METRIC_NAME: Readonly<Record<RatioMetric, string>> = { vcpuWall: 'vCPU time', agingPass: 'aging pass' };

const CELL_HEAD = ['phase', 'vCPUs', 'aging', 'fault work'];

function cellColumns({ phase, vcpus, aging, faultWorkNs }: BenchCell): string[] {
  return [phase, String(vcpus), aging, faultWorkNs === 0 ? 'bare' : durationText(faultWorkNs)];
}

function estimateColumns({ ratio, low, high, confidence }: Estimate): string[] {
  return [ratio.toFixed(2), `${low.toFixed(2)} … ${high.toFixed(2)}`, `${(confidence * 100).toFixed(0)} %`];
}

function stillIdleText(part: number | null): string {
  return part === null ? '-' : `${(part * 100).toFixed(1)} %`;
}

/** Rows of the same cell and variant, in the order of their first ones. */
function groups(rows: readonly BenchRow[]): readonly (readonly BenchRow[])[] {
  const byName = new Map<string, BenchRow[]>();
  for (const row of rows) {
    const name = [...cellColumns(row), row.variant].join(' ');
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [row]);
    else known.push(row);
  }
  return [...byName.values()];
}

/** The middle one of the values that are there; null if none is. */
function medianOf(rows: readonly BenchRow[], of: (row: BenchRow) => number | null): number | null {
  const values = rows.map(of).filter((value) => value !== null);
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return null;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
