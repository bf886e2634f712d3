import { axisX, dot, link, text } from '@observablehq/plot';
import type { Estimate } from '../../run/bench-result.ts';
import { showsDifference } from '../chart/interval.ts';
import { ratioTicks } from '../chart/log-ticks.ts';
import { ratioText } from '../number-text.ts';
import { fittingTicks } from './fitting-ticks.ts';
import { FONT_SIZE, renderPlot } from './render-plot.ts';

export interface RatioLine extends Pick<Estimate, 'ratio' | 'low' | 'high' | 'confidence'> {
  readonly label: string;
}

const WIDTH = 430;
const ROW = 38;
/** Of a line's words. */
const LETTERS = 50;
const MARGIN = { marginLeft: 16, marginRight: 16, marginTop: 6, marginBottom: 44 };

/** Ratios with their intervals around 1, on a logarithmic axis; each line's words stand above it. */
export function ratioPlot(
  label: string,
  lines: readonly RatioLine[],
  domain: readonly [number, number],
  axis: string,
): string {
  const hasRoom = lines.every((line) => line.label.length + intervalText(line).length <= LETTERS);
  const rows = lines.map((line, row) => ({ ...line, row, differs: showsDifference(line) }));
  const [least, most] = domain;
  const inner = WIDTH - MARGIN.marginLeft - MARGIN.marginRight;
  const position = (ratio: number): number => (inner * Math.log(ratio / least)) / Math.log(most / least);
  const ticks = [...fittingTicks(ratioTicks(least, most), position, String)];
  const height = MARGIN.marginTop + MARGIN.marginBottom + ROW * rows.length;
  const color = (row: { readonly differs: boolean }): string => (row.differs ? 'var(--accent)' : 'var(--quiet)');
  return renderPlot(
    { label, width: WIDTH, height },
    {
      ...MARGIN,
      x: { type: 'log', domain: [...domain] },
      y: { type: 'linear', domain: [rows.length, 0], axis: null },
      marks: [
        link(segments(ticks, rows.length), { ...BAND, stroke: 'var(--line)' }),
        link(segments([1], rows.length), { ...BAND, stroke: 'var(--ink)', strokeWidth: 1.5 }),
        axisX(ticks, {
          text: String,
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
        text(rows, { ...words('left'), text: ({ label }) => shortened(label) }),
        text(rows, {
          ...words('right'),
          text: (row) => (hasRoom ? intervalText(row) : ratioText(row.ratio)),
          fontVariant: 'tabular-nums',
        }),
      ],
    },
  );
}

/** Above the bar, at a side. */
function words(side: 'left' | 'right') {
  return {
    frameAnchor: side,
    y: (row: { readonly row: number }) => row.row + 0.3,
    dx: side === 'left' ? -8 : 8,
    fontSize: FONT_SIZE,
    fill: 'var(--ink)',
  } as const;
}

function shortened(label: string): string {
  return label.length <= LETTERS ? label : `${label.slice(0, LETTERS - 1)}…`;
}

/** Pieces of vertical lines, behind each bar and between the words of two rows. */
function segments(at: readonly number[], rows: number) {
  return Array.from({ length: rows }, (_, row) => at.map((x) => ({ x, top: row + 0.52, bottom: row + 0.92 }))).flat();
}

const BAND = { x1: 'x', x2: 'x', y1: 'top', y2: 'bottom' } as const;

/** `1.44 (1.31 – 1.60)`. */
export function intervalText({ ratio, low, high }: Pick<Estimate, 'ratio' | 'low' | 'high' | 'confidence'>): string {
  return `${ratioText(ratio)} (${ratioText(low)} – ${ratioText(high)})`;
}

/** One domain for charts that are compared: all intervals, and 1, with a little room. */
export function ratioDomain(lines: readonly Pick<Estimate, 'low' | 'high'>[]): readonly [number, number] {
  const low = Math.min(1, ...lines.map((line) => line.low));
  const high = Math.max(1, ...lines.map((line) => line.high));
  const room = Math.max(1.02, (high / low) ** 0.05);
  return [low / room, high * room];
}
