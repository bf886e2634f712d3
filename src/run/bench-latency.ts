import type { RecordableHistogram } from 'node:perf_hooks';
import type { BenchLatency } from './bench-result.ts';
import { mergeHistograms } from './latency.ts';

/** Percentiles of what several threads recorded. */
export function benchLatency(histograms: readonly RecordableHistogram[]): BenchLatency {
  const total = mergeHistograms(histograms);
  if (total.count === 0) return { count: 0, p50: null, p99: null, p99_9: null, p99_99: null, max: null };
  return {
    count: total.count,
    p50: total.percentile(50),
    p99: total.percentile(99),
    p99_9: total.percentile(99.9),
    p99_99: total.percentile(99.99),
    max: total.max,
  };
}
