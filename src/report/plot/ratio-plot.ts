import { axisX, dot, gridX, link, ruleX, text } from '@observablehq/plot';
import type { Estimate } from '../../run/bench-result.ts';
import { ratioTicks } from '../chart/log-ticks.ts';
import { ratioText } from '../number-text.ts';
import { FONT_SIZE, renderPlot } from './render-plot.ts';

export interface RatioLine extends Pick<Estimate, 'ratio' | 'low' | 'high'> {
  readonly label: string;
}

const WIDTH = 430;
const ROW = 38;
const MARGIN = { marginLeft: 16, marginRight: 16, marginTop: 6, marginBottom: 44 };

/** Ratios with their intervals around 1, on a logarithmic axis; each line's words stand above it. */
export function ratioPlot(
  label: string,
  lines: readonly RatioLine[],
  domain: readonly [number, number],
  axis: string,
): string {
  const rows = lines.map((line, row) => ({ ...line, row, differs: line.low > 1 || line.high < 1 }));
  const ticks = [...ratioTicks(...domain)];
  const height = MARGIN.marginTop + MARGIN.marginBottom + ROW * rows.length;
  const color = (row: { readonly differs: boolean }): string => (row.differs ? 'var(--accent)' : 'var(--quiet)');
  return renderPlot(
    { label, width: WIDTH, height },
    {
      ...MARGIN,
      x: { type: 'log', domain: [...domain] },
      y: { type: 'linear', domain: [rows.length, 0], axis: null },
      marks: [
        gridX({ ticks, stroke: 'var(--line)', strokeOpacity: 1 }),
        ruleX([1], { stroke: 'var(--ink)', strokeWidth: 1.5 }),
        axisX({
          ticks,
          tickFormat: String,
          label: axis,
          labelArrow: 'none',
          labelAnchor: 'center',
          fontSize: FONT_SIZE,
        }),
        link(rows, { x1: 'low', x2: 'high', y: (row) => row.row + 0.72, stroke: color, strokeWidth: 3 }),
        dot(rows, {
          x: 'ratio',
          y: (row) => row.row + 0.72,
          r: 5,
          fill: (row) => (row.differs ? 'var(--accent)' : 'var(--card)'),
          stroke: color,
          strokeWidth: 2,
        }),
        text(rows, words('left', 'label')),
        text(rows, { ...words('right', intervalText), fontVariant: 'tabular-nums' }),
      ],
    },
  );
}

/** Above the interval, at a side; a halo keeps grid lines out of the letters. */
function words(side: 'left' | 'right', of: string | ((line: RatioLine) => string)) {
  return {
    frameAnchor: side,
    y: (row: { readonly row: number }) => row.row + 0.3,
    text: of,
    dx: side === 'left' ? -8 : 8,
    fontSize: FONT_SIZE,
    stroke: 'var(--card)',
    strokeWidth: 5,
    fill: 'var(--ink)',
  } as const;
}

/** `1.44 (1.31 – 1.60)`. */
export function intervalText({ ratio, low, high }: Pick<Estimate, 'ratio' | 'low' | 'high'>): string {
  return `${ratioText(ratio)} (${ratioText(low)} – ${ratioText(high)})`;
}

/** One domain for charts that are compared: all intervals, and 1, with a little room. */
export function ratioDomain(lines: readonly Pick<Estimate, 'low' | 'high'>[]): readonly [number, number] {
  const low = Math.min(1, ...lines.map((line) => line.low));
  const high = Math.max(1, ...lines.map((line) => line.high));
  const room = Math.max(1.02, (high / low) ** 0.05);
  return [low / room, high * room];
}
