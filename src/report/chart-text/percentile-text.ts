import type { LatencyCurve } from '../../run/latency.ts';
import { logTicks } from '../chart/log-ticks.ts';
import { curvePoints, percentileTicks } from '../chart/percentile-axis.ts';
import { percentileText, roundDurationText } from '../number-text.ts';
import { asciiChart } from './ascii-chart.ts';

/** Decades without a label between them. */
const TICKS = 6;

/** Latency against percentile, a letter a series; empty where nothing was measured. */
export function percentilesText(
  title: string,
  curves: readonly { readonly name: string; readonly curve: LatencyCurve }[],
): string {
  const series = curves
    .filter(({ curve }) => curve.points.length > 0)
    .map(({ name, curve }) => ({
      label: name,
      points: curvePoints(curve).map(({ oneIn, ns }) => [oneIn, ns] as const),
    }));
  const all = series.flatMap(({ points }) => points);
  if (all.length === 0) return '';
  const most = Math.max(10, ...all.map(([oneIn]) => oneIn));
  const least = 10 ** Math.floor(Math.log10(Math.min(...all.map(([, ns]) => ns))));
  const highest = 10 ** Math.ceil(Math.log10(Math.max(...all.map(([, ns]) => ns), least * 10)));
  // The last labels of long tails would run into each other.
  const percentiles = percentileTicks(most).filter(([, percentile]) => percentile !== 50 && percentile < 99.9995);
  const named = new Map(percentiles);
  const chart = asciiChart(
    series,
    { label: 'percentile', least: 1, most, ticks: [...named.keys()], text: (at) => percentileText(named.get(at) ?? 0) },
    {
      label: 'latency',
      least,
      most: highest,
      ticks: logTicks(least, highest, TICKS).filter((ns) => Number.isInteger(Math.log10(ns))),
      text: roundDurationText,
    },
  );
  return `${title}\n${chart}`;
}
