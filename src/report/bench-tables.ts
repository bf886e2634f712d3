import type { BenchCell } from '../bench/bench-config.ts';
import type { BenchCurve, BenchResult, Estimate, LatencyKind, RatioMetric } from '../run/bench-result.ts';
import { valueAt } from './chart/percentile-axis.ts';
import type { ScalingChart } from './chart/scaling-series.ts';
import { durationText, percentileText, ratioText, withSeparators } from './number-text.ts';
import type { Table } from './table.ts';

export const metricText: Readonly<Record<RatioMetric, string>> = {
  vcpuWall: "vCPUs' wall time",
  agingPass: 'time of an aging pass',
};

export const kindText: Readonly<Record<LatencyKind, string>> = {
  access: 'access',
  fault: 'page fault',
  mmuLockWait: 'wait for mmu_lock',
  mmuLockHold: 'holding mmu_lock',
  agingPass: 'aging pass',
};

export const CELL = ['phase', 'vCPUs', 'aging', 'work in faults'];
const ESTIMATE = ['ratio', 'from', 'to', 'confidence', 'repeats'];

/** Of each metric and pair of variants. */
export function benchRatioTable({ ratios }: BenchResult): Table {
  const rows = ratios.map((ratio) => [
    metricText[ratio.metric],
    `${ratio.variants[0]} / ${ratio.variants[1]}`,
    ...cellCells(ratio),
    ...estimateCells(ratio),
  ]);
  return { head: ['of', 'variants', ...CELL, ...ESTIMATE], rows, numbers: [3, 5, 6, 7, 8, 9, 10] };
}

/** Of slowdowns or overheads. */
export function benchEstimateTable(estimates: readonly (BenchCell & Estimate & { readonly variant: string })[]): Table {
  const rows = estimates.map((one) => [one.variant, ...cellCells(one), ...estimateCells(one)]);
  return { head: ['variant', ...CELL, ...ESTIMATE], rows, numbers: [2, 4, 5, 6, 7, 8, 9] };
}

export function cellCells({ phase, vcpus, aging, faultWorkNs }: BenchCell): string[] {
  return [phase, String(vcpus), aging, faultWorkNs === 0 ? 'bare' : durationText(faultWorkNs)];
}

function estimateCells({ ratio, low, high, confidence, repeats }: Estimate): string[] {
  return [...[ratio, low, high].map(ratioText), `${(100 * confidence).toFixed(1)} %`, String(repeats)];
}

/** What was measured in each run. */
export function benchRowTable({ rows }: BenchResult): Table {
  return {
    head: ['variant', ...CELL, 'repeat', 'iterations', 'vCPU wall', 'aging pass', 'passes', 'still idle'],
    rows: rows.map((row) => [
      row.variant,
      ...cellCells(row),
      String(row.repeat),
      withSeparators(row.iterations),
      durationText(row.vcpuWallNs),
      durationText(row.agingPassNs),
      withSeparators(row.passes),
      row.stillIdle === null ? '-' : `${Number((100 * row.stillIdle).toPrecision(2))} %`,
    ]),
    numbers: [2, 4, 5, 6, 7, 8, 9, 10],
  };
}

export function scalingTable({ series }: ScalingChart): Table {
  const counts = [...new Set(series.flatMap(({ points }) => points.map(({ vcpus }) => vcpus)))].sort((a, b) => a - b);
  const rows = series.map(({ label, points }) => [
    label,
    ...counts.map((count) => {
      const point = points.find(({ vcpus }) => vcpus === count);
      return point === undefined ? '-' : `${ratioText(point.ratio)} (${durationText(point.ns)})`;
    }),
  ]);
  return { head: ['vCPUs', ...counts.map(String)], rows, numbers: counts.map((_, index) => index + 1) };
}

const PERCENTILES = [0, 50, 90, 99, 99.9, 99.99, 99.999, 100];

/** Some percentiles of curves, each with its name. */
export function curveTable(curves: readonly { readonly name: string; readonly curve: BenchCurve['curve'] }[]): Table {
  const rows = curves.map(({ name, curve }) => [
    name,
    withSeparators(curve.count),
    ...PERCENTILES.map((percentile) => durationText(valueAt(curve, percentile))),
  ]);
  const names = PERCENTILES.map((percentile) =>
    percentile === 0 ? 'min' : percentile === 100 ? 'max' : `p${percentileText(percentile)}`,
  );
  return { head: ['', 'count', ...names], rows, numbers: [1, ...names.map((_, index) => index + 2)] };
}
