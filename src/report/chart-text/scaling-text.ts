import { logTicks } from '../chart/log-ticks.ts';
import type { ScalingChart } from '../chart/scaling-series.ts';
import { countText } from '../count-text.ts';
import { asciiChart } from './ascii-chart.ts';

/** Times against the number of vCPUs, each series over its own base. */
export function scalingText(title: string, { series, baseVcpus }: ScalingChart): string {
  const all = series.flatMap(({ points }) => points);
  const counts = [...new Set(all.map(({ vcpus }) => vcpus))].sort((a, b) => a - b);
  const least = Math.min(1, ...all.map(({ ratio }) => ratio));
  const most = Math.max(2, ...all.map(({ ratio }) => ratio));
  const chart = asciiChart(
    series.map(({ label, points }) => ({ label, points: points.map(({ vcpus, ratio }) => [vcpus, ratio] as const) })),
    { label: 'vCPUs', least: counts[0] ?? 1, most: counts.at(-1) ?? 2, ticks: counts, text: String },
    {
      label: `time, over that with ${countText(baseVcpus, 'vCPU')}`,
      least,
      most,
      ticks: logTicks(least, most),
      text: String,
    },
    true,
  );
  return `${title}\n${chart}`;
}
