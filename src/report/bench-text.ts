import { median } from 'simple-statistics';
import type { BenchCost, BenchCurve, BenchLatency, BenchResult, BenchRow } from '../run/bench-result.ts';
import { benchEstimateTable, benchRatioTable, CELL, cellCells, kindText, metricText } from './bench-tables.ts';
import { countText } from './count-text.ts';
import { groupBy } from './group-by.ts';
import { durationText, ratioText, withSeparators } from './number-text.ts';
import { tableText } from './table.ts';

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
  if (rows.length === 0) return '';
  const groups = groupBy(rows, ({ variant, phase, vcpus, aging, faultWorkNs }) =>
    JSON.stringify([variant, phase, vcpus, aging, faultWorkNs]),
  );
  const table = [...groups.values()].map((group) => {
    const [row] = group as [BenchRow, ...BenchRow[]];
    return [
      ...cellCells(row),
      row.variant,
      durationText(medianOf(group, ({ vcpuWallNs }) => vcpuWallNs)),
      durationText(medianOf(group, ({ vcpuWallNs, accesses, vcpus }) => (vcpuWallNs * vcpus) / accesses)),
      durationText(medianOf(group, ({ agingPassNs }) => agingPassNs)),
      withSeparators(group.reduce((sum, { passes }) => sum + passes, 0)),
      stillIdleText(medianOf(group, ({ stillIdle }) => stillIdle)),
    ];
  });
  const head = [...CELL, 'variant', 'vCPU time', 'access or call', 'aging pass', 'passes', 'still idle'];
  const repeats = new Set(rows.map(({ repeat }) => repeat)).size;
  return `${tableText({ head, rows: table, numbers: [1, 3, 5, 6, 7, 8, 9] })}
(medians of ${countText(repeats, 'repeat')}; vCPU time: from the first vCPU's beginning to the last one's end, ${countText(config.pagesPerVcpu, 'page')} each; aging pass: the average)`;
}

/** A percentile is shown if so many measurements lie beyond it. */
const LEAST_BEYOND = 10;

function latencies({ curves, timerNs }: BenchResult): string {
  const shown = curves.filter(({ kind }) => kind !== 'agingPass');
  if (shown.length === 0) return '';
  const rows = shown.map((curve) => [
    ...cellCells(curve),
    curve.variant,
    kindText[curve.kind],
    withSeparators(curve.latency.count),
    ...percentiles(curve),
  ]);
  const head = [...CELL, 'variant', 'latency', 'count', 'p50', 'p99', 'p99.9', 'p99.99', 'max'];
  const notes = [
    `of all repeats together; -: fewer than ${LEAST_BEYOND} measurements lie beyond`,
    `each measurement contains one of the timer, ${timerNs} ns; that of an access also those of its fault and its waits`,
    'a vCPU makes its next access when the last one has ended, so a stall is one slow access, not many: the tail is that of accesses, not of moments',
    'waits are those of vCPUs that could not have mmu_lock at once; of holds, by any thread, about one in 16 is timed',
  ];
  return `${tableText({ head, rows, numbers: [1, 3, 6, 7, 8, 9, 10, 11] })}\n(${notes.join(';\n ')})`;
}

const PERCENTILES = [
  ['p50', 0.5],
  ['p99', 0.99],
  ['p99_9', 0.999],
  ['p99_99', 0.9999],
] as const satisfies readonly (readonly [keyof BenchLatency, number])[];

function percentiles({ latency }: BenchCurve): string[] {
  const texts = PERCENTILES.map(([name, part]) =>
    Math.round(latency.count * (1 - part)) < LEAST_BEYOND ? '-' : durationText(latency[name]),
  );
  return [...texts, durationText(latency.max)];
}

function ratios(result: BenchResult): string[] {
  return result.ratios.length === 0 ? [] : [tableText(benchRatioTable(result))];
}

function slowdowns({ slowdowns: all }: BenchResult): string {
  return all.length === 0 ? '' : `vCPU time with aging over that without\n${tableText(benchEstimateTable(all))}`;
}

function comparison({ comparison: compared }: BenchResult): string[] {
  if (compared === null) return [];
  const { baseline, failAbovePercent, changes, notMeasured, notInBaseline } = compared;
  const rows = changes.map((change) => [
    metricText[change.metric],
    change.variants.join(' / '),
    ...cellCells(change),
    ratioText(change.before.ratio),
    ratioText(change.now.ratio),
    `${change.percent < 0 ? '' : '+'}${change.percent.toFixed(1)} %`,
    change.verdict,
  ]);
  const head = ['of', 'variants', ...CELL, 'baseline', 'now', 'change', ''];
  const margin = failAbovePercent === null ? '' : `, by more than ${failAbovePercent} % to count`;
  const notes = [
    `beside ${baseline}: worse is a ratio that fell${margin}, with intervals that do not overlap; unclear, if they do`,
    ...(notMeasured > 0 ? [`${countText(notMeasured, 'ratio')} of the baseline not measured now`] : []),
    ...(notInBaseline > 0 ? [`${countText(notInBaseline, 'ratio')} measured now not in the baseline`] : []),
  ];
  return [`${tableText({ head, rows, numbers: [3, 5, 6, 7, 8] })}\n(${notes.join('; ')})`];
}

/** What the latencies above cost to measure; the wall times are from iterations that measured none. */
function overhead({ overheads }: BenchResult): string {
  const worst = overheads.toSorted((a, b) => b.ratio - a.ratio)[0];
  if (worst === undefined) return '';
  const percent = (ratio: number): string => `${((ratio - 1) * 100).toFixed(1)} %`;
  const middle = median(overheads.map(({ ratio }) => ratio));
  return `measuring latencies costs vCPUs ${percent(middle)} of their time (median of ${countText(overheads.length, 'cell')}; most, ${percent(worst.ratio)}, in ${placeText(worst)}). Times and ratios are from iterations that measure none.`;
}

function placeText({ phase, vcpus, variant }: BenchCost): string {
  return `${phase} with ${countText(vcpus, 'vCPU')} on ${variant}`;
}

function warnings({ warnings: all }: BenchResult): string[] {
  return all.length === 0 ? [] : [all.map((warning) => `warning: ${warning}`).join('\n')];
}

function closing({ interrupted, failures, seed, rows }: BenchResult): string {
  return [
    ...failures.map((failure) => `harness failure: ${failure}`),
    ...(interrupted ? ['interrupted: what is shown above is partial'] : []),
    ...(interrupted || failures.length > 0 ? [`${countText(rows.length, 'run')} measured`] : []),
    'Times are of this model in JavaScript. Compare variants with each other, in one run; not with a kernel.',
    `seed ${seed}`,
  ].join('\n');
}

function stillIdleText(part: number | null): string {
  return part === null ? '-' : `${(part * 100).toFixed(1)} %`;
}

/** The median of the values that are there; null if none is. */
function medianOf(rows: readonly BenchRow[], of: (row: BenchRow) => number | null): number | null {
  const values = rows.map(of).filter((value) => value !== null);
  return values.length === 0 ? null : median(values);
}
