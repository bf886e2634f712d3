import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** Nanoseconds. The percentiles are null where nothing was measured. */
export interface LatencySummary {
  readonly count: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly p99_9: number | null;
  readonly max: number | null;
}

/** A distribution as percentiles, denser towards the slow end: what an HDR plot shows. */
export interface LatencyCurve {
  readonly count: number;
  /** Percentile (0 … 100) and nanoseconds, both ascending. */
  readonly points: readonly (readonly [percentile: number, ns: number])[];
}

/** Anything longer is counted as this: a minute. */
const HIGHEST_NS = 60_000_000_000;

export function createLatencyHistogram(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: HIGHEST_NS, figures: 3 });
}

/** What several threads recorded, in one. */
export function mergeHistograms(histograms: readonly RecordableHistogram[]): RecordableHistogram {
  const total = createLatencyHistogram();
  for (const histogram of histograms) if (histogram.count > 0) total.add(histogram);
  return total;
}

export function summarize(histograms: readonly RecordableHistogram[]): LatencySummary {
  const total = mergeHistograms(histograms);
  if (total.count === 0) return { count: 0, p50: null, p90: null, p99: null, p99_9: null, max: null };
  return {
    count: total.count,
    p50: total.percentile(50),
    p90: total.percentile(90),
    p99: total.percentile(99),
    p99_9: total.percentile(99.9),
    max: total.max,
  };
}

/** Points for each halving of what is left above a percentile. */
const TICKS_PER_HALVING = 5;

/** The curve of what several threads recorded, down to single measurements. */
export function latencyCurve(histograms: readonly RecordableHistogram[]): LatencyCurve {
  const total = mergeHistograms(histograms);
  const { count } = total;
  if (count === 0) return { count, points: [] };
  const points: [number, number][] = [];
  for (let above = 1; above * count >= 1; above *= 2 ** (-1 / TICKS_PER_HALVING)) {
    const percentile = 100 * (1 - above);
    points.push([percentile, percentile === 0 ? total.min : total.percentile(percentile)]);
  }
  points.push([100, total.max]);
  return { count, points };
}

/** What one measurement costs by itself: the median time between two looks at the clock, in nanoseconds. */
export function measureTimerCost(): number {
  const samples: number[] = [];
  for (let i = 0; i < 2000; i++) {
    const began = performance.now();
    samples.push((performance.now() - began) * 1e6);
  }
  samples.sort((a, b) => a - b);
  return Math.round(samples[samples.length >> 1] as number);
}
