import { axisX, axisY, gridX, gridY, line } from '@observablehq/plot';
import type { LatencyCurve } from '../../run/latency.ts';
import { logTicks } from '../chart/log-ticks.ts';
import { curvePoints, percentileTicks } from '../chart/percentile-axis.ts';
import { percentileText, roundDurationText } from '../number-text.ts';
import { fittingTicks } from './fitting-ticks.ts';
import { FONT_SIZE, renderPlot } from './render-plot.ts';
import { seriesStyle } from './series-style.ts';

export interface PercentileSeries {
  /** Of the series' looks. */
  readonly index: number;
  readonly curve: LatencyCurve;
}

const WIDTH = 430;
const HEIGHT = 290;
const MARGIN = { marginLeft: 62, marginRight: 28, marginTop: 26, marginBottom: 46 };

/** Latency against percentile, a line a series. Both axes are logarithmic: the percentiles' shows the slow end at length. */
export function percentilePlot(label: string, series: readonly PercentileSeries[]): string {
  const lines = series.map(({ index, curve }) => ({ style: seriesStyle(index), points: curvePoints(curve) }));
  const all = lines.flatMap(({ points }) => points);
  const most = Math.max(10, ...all.map(({ oneIn }) => oneIn));
  const [lowest, highest] = roundedOut(all.map(({ ns }) => ns));
  const percentiles = new Map(percentileTicks(most));
  const text = (tick: number): string => percentileText(percentiles.get(tick) ?? 0);
  const inner = WIDTH - MARGIN.marginLeft - MARGIN.marginRight;
  const position = (tick: number): number => (inner * Math.log(tick)) / Math.log(most);
  const ticks = [...fittingTicks([...percentiles.keys()], position, text)];
  const values = [...logTicks(lowest, highest)];
  return renderPlot(
    { label, width: WIDTH, height: HEIGHT },
    {
      ...MARGIN,
      x: { type: 'log', domain: [1, most] },
      y: { type: 'log', domain: [lowest, highest] },
      marks: [
        gridX({ ticks, stroke: 'var(--line)', strokeOpacity: 1 }),
        gridY({ ticks: values, stroke: 'var(--line)', strokeOpacity: 1 }),
        axisX(ticks, {
          text: text,
          label: 'percentile (log of what is above)',
          labelArrow: 'none',
          labelAnchor: 'center',
          fontSize: FONT_SIZE,
        }),
        axisY(values, {
          text: roundDurationText,
          label: 'latency (log)',
          labelArrow: 'none',
          fontSize: FONT_SIZE,
        }),
        ...lines.map(({ style, points }) =>
          line(points, {
            x: 'oneIn',
            y: 'ns',
            curve: 'step-before',
            stroke: style.color,
            strokeWidth: 2,
            ...(style.dash === '' ? {} : { strokeDasharray: style.dash }),
          }),
        ),
      ],
    },
  );
}

/** To 1, 2 or 5 times a power of ten, at least a decade apart. */
function roundedOut(values: readonly number[]): [number, number] {
  const low = 10 ** Math.floor(Math.log10(Math.min(...values)));
  const high = 1.1 * Math.max(...values, low * 9);
  const power = 10 ** Math.floor(Math.log10(high));
  return [low, power * ([1, 2, 5, 10].find((factor) => factor * power >= high) ?? 10)];
}
