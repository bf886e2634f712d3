import { build } from 'hdr-histogram-js';
import type { LatencyCurve } from '../run/latency.ts';
import type { SavedResult } from '../run/saved/saved-result.ts';
import { savedCurves } from './saved-curves.ts';

export interface NamedText {
  readonly name: string;
  readonly text: string;
}

const LONGEST_NAME = 180;

/** A file for each latency curve, as HdrHistogram prints percentile distributions; values are nanoseconds. */
export function hdrFiles(saved: readonly SavedResult[]): readonly NamedText[] {
  const taken = new Map<string, number>();
  return savedCurves(saved).map(({ names, curve }) => {
    const name = fileName(names);
    const times = (taken.get(name) ?? 0) + 1;
    taken.set(name, times);
    return { name: `${name}${times === 1 ? '' : `.${times}`}.hgrm`, text: percentileDistribution(curve) };
  });
}

/** Whatever variants are called, it is a name of a file and leads nowhere else. */
function fileName(names: readonly string[]): string {
  return names
    .map((name) => name.replace(/[^A-Za-z0-9.=-]+/g, '-'))
    .join('_')
    .slice(0, LONGEST_NAME);
}

/** The histogram is made again from the curve's points: between two of them all measurements count as the upper one. */
export function percentileDistribution({ count, points }: LatencyCurve): string {
  const histogram = build({ bitBucketSize: 64, numberOfSignificantValueDigits: 3 });
  let recorded = 0;
  for (const [percentile, ns] of points) {
    // The smallest value is one of a measurement, although no part of them is below it.
    const upTo = percentile >= 100 ? count : Math.max(1, Math.min(count - 1, Math.round((percentile / 100) * count)));
    if (upTo <= recorded) continue;
    histogram.recordValueWithCount(Math.max(1, Math.round(ns)), upTo - recorded);
    recorded = upTo;
  }
  return histogram.outputPercentileDistribution();
}
