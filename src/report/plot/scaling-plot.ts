import { axisX, axisY, dot, gridX, gridY, line, ruleY } from '@observablehq/plot';
import { logTicks } from '../chart/log-ticks.ts';
import type { ScalingSeries } from '../chart/scaling-series.ts';
import { ratioText } from '../number-text.ts';
import { fittingTicks } from './fitting-ticks.ts';
import { FONT_SIZE, renderPlot } from './render-plot.ts';
import { type SeriesStyle, seriesStyle } from './series-style.ts';

const WIDTH = 430;
const HEIGHT = 300;
const MARGIN = { marginLeft: 52, marginRight: 18, marginTop: 26, marginBottom: 46 };

/** Times against the number of vCPUs, over each series' base; published ones are thin, grey and dashed. */
export function scalingPlot(
  label: string,
  series: readonly ScalingSeries[],
  variants: readonly string[],
  axis: string,
): string {
  const all = series.flatMap(({ points }) => points);
  const most = Math.max(2, ...all.map(({ vcpus }) => vcpus));
  const least = Math.min(...all.map(({ vcpus }) => vcpus), most / 2);
  const low = Math.min(1, ...all.map(({ ratio }) => ratio)) * 0.9;
  const high = Math.max(2, ...all.map(({ ratio }) => ratio)) * 1.1;
  const inner = WIDTH - MARGIN.marginLeft - MARGIN.marginRight;
  const position = (vcpus: number): number => (inner * Math.log(vcpus / least)) / Math.log(most / least);
  const counts = [...new Set(all.map(({ vcpus }) => vcpus))].sort((a, b) => a - b);
  const ticks = [...fittingTicks(counts, position, String)];
  const values = [...logTicks(low, high)];
  return renderPlot(
    { label, width: WIDTH, height: HEIGHT },
    {
      ...MARGIN,
      x: { type: 'log', base: 2, domain: [least, most] },
      y: { type: 'log', domain: [low, high] },
      symbol: { type: 'identity' },
      marks: [
        gridX({ ticks, stroke: 'var(--line)', strokeOpacity: 1 }),
        gridY({ ticks: values, stroke: 'var(--line)', strokeOpacity: 1 }),
        ruleY([1], { stroke: 'var(--quiet)' }),
        axisX(ticks, {
          text: String,
          label: 'vCPUs (log)',
          labelArrow: 'none',
          labelAnchor: 'center',
          fontSize: FONT_SIZE,
        }),
        axisY(values, {
          text: String,
          label: axis,
          labelArrow: 'none',
          fontSize: FONT_SIZE,
        }),
        // What was measured here is drawn over what was published.
        ...series.toReversed().flatMap((one) => marksOf(one, scalingStyle(one, series, variants))),
      ],
    },
  );
}

function marksOf({ points, variant, isBaseline }: ScalingSeries, { color, dash, symbol }: SeriesStyle) {
  const width = variant === null ? 1.5 : 2.5;
  const place = { x: 'vcpus', y: 'ratio', stroke: color } as const;
  return [
    line(points, { ...place, strokeWidth: width, ...(dash === '' ? {} : { strokeDasharray: dash }) }),
    dot(points, {
      ...place,
      symbol,
      r: variant === null ? 3 : 4.5,
      fill: isBaseline || variant === null ? 'var(--card)' : color,
      strokeWidth: width,
      title: ({ ratio, vcpus }: { ratio: number; vcpus: number }) => `${vcpus} vCPUs: ${ratioText(ratio)}`,
    }),
  ];
}

/** Of a variant its own, dotted without aging; published ones share a colour and differ in dashes and symbols. */
export function scalingStyle(
  series: ScalingSeries,
  all: readonly ScalingSeries[],
  variants: readonly string[],
): SeriesStyle {
  if (series.variant !== null) {
    return { ...seriesStyle(variants.indexOf(series.variant)), dash: series.isBaseline ? '2 4' : '' };
  }
  const place = all.filter(({ variant }) => variant === null).indexOf(series);
  return {
    color: 'var(--quiet)',
    dash: ['8 4', '3 3', '10 3 2 3'][place] ?? '8 4',
    symbol: (['diamond', 'star', 'cross'] as const)[place] ?? 'diamond',
  };
}
