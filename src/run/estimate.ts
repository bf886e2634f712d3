import { binomialDistribution, median } from 'simple-statistics';
import type { Estimate } from './bench-result.ts';

const WANTED_CONFIDENCE = 0.95;

/**
 * The median of independent values, and the narrowest interval between two of them, equally far from either end, that
 * contains the median of what they were drawn from with a confidence of 95 %: an order-statistic interval. It assumes nothing
 * about how the values are distributed, neither normality nor the absence of outliers. Five values or fewer reach only
 * 93.75 % and less; then the interval is all there is, and `confidence` says so.
 *
 * @param values at least one
 */
export function estimateMedian(values: readonly number[]): Estimate {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  // How many of the values lie below the true median: binomial with p = 1/2.
  const below = binomialDistribution(n, 0.5) ?? [];
  let outside = below[0] ?? 1;
  let cut = 0;
  while (cut + 1 < n / 2) {
    const next = outside + (below[cut + 1] ?? 1);
    if (1 - 2 * next < WANTED_CONFIDENCE) break;
    outside = next;
    cut++;
  }
  return {
    ratio: median(sorted),
    low: sorted[cut] as number,
    high: sorted[n - 1 - cut] as number,
    confidence: Math.max(0, 1 - 2 * outside),
    repeats: n,
  };
}
