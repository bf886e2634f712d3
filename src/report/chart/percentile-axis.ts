import type { LatencyCurve } from '../../run/latency.ts';

/** Percentiles that get a tick, if there is room for its label. */
const TICKS = [0, 50, 90, 99, 99.9, 99.99, 99.999, 99.9999, 99.99999, 99.999999];

/** A point of a curve on the axis that HDR plots have: 1 in so many measurements takes longer. */
export interface CurvePoint {
  readonly oneIn: number;
  readonly percentile: number;
  readonly ns: number;
}

/** The slowest of all measurements stands at the end, where it is one in all. */
export function curvePoints({ count, points }: LatencyCurve): readonly CurvePoint[] {
  return points.map(([percentile, ns]) => ({
    oneIn: Math.min(oneIn(percentile), Math.max(1, count)),
    percentile,
    ns: Math.max(1, ns),
  }));
}

export function oneIn(percentile: number): number {
  return 1 / (1 - percentile / 100);
}

/** Ticks up to where the curves end, as `oneIn`, with their percentiles. */
export function percentileTicks(most: number): readonly (readonly [at: number, percentile: number])[] {
  return TICKS.map((percentile) => [Number(oneIn(percentile).toPrecision(6)), percentile] as const).filter(
    ([at]) => at <= most * 1.0001,
  );
}

/** The curve's value there: of its nearest point that is not before it; null where the curve has ended. */
export function valueAt({ points }: LatencyCurve, percentile: number): number | null {
  return points.find(([at]) => at >= percentile - 1e-9)?.[1] ?? null;
}
