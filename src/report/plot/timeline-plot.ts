import { axisX, axisY, gridX, ruleY } from '@observablehq/plot';
import type { SpanKind } from '../../bench/span.ts';
import type { BenchTimeline, TimelineSpan } from '../../run/bench-result.ts';
import { type Box, boxesMark } from './boxes-mark.ts';
import { FONT_SIZE, renderPlot } from './render-plot.ts';

const WIDTH = 880;
const ROW = 46;
const MARGIN = { marginLeft: 78, marginRight: 18, marginTop: 6, marginBottom: 46 };
/** Gaps narrower than this are not drawn, and no span is narrower. */
const LEAST_WIDTH = 0.35;

/** What a thread does is drawn in the upper part of its row, what it has to do with the lock in the lower one. */
const UPPER = [0.12, 0.42] as const;
const LOWER = [0.46, 0.92] as const;

/** In the order in which they are drawn. */
const LANES: readonly (readonly [kind: SpanKind, lane: readonly [number, number]])[] = [
  ['fault', UPPER],
  ['aging-pass', UPPER],
  ['invalidate', UPPER],
  ['lock-read', LOWER],
  ['lock-write', LOWER],
  ['lock-wait', LOWER],
];

/** When the last span of all ends; there may be more of them than a call has room for arguments. */
export function timelineEnd(timelines: readonly BenchTimeline[]): number {
  let end = 1;
  for (const { threads } of timelines) {
    for (const { spans } of threads) {
      for (const { startNs, durationNs } of spans) end = Math.max(end, startNs + durationNs);
    }
  }
  return end;
}

/** Nanoseconds below which a gap is not drawn. */
export function leastGapNs(endNs: number): number {
  return (LEAST_WIDTH * endNs) / (WIDTH - MARGIN.marginLeft - MARGIN.marginRight);
}

/** What each thread did when, a row a thread. Time ends at `endNs`, so that charts can be compared. */
export function timelinePlot(label: string, { threads }: BenchTimeline, endNs: number): string {
  const rows = threads.map((_, row) => row);
  const leastNs = leastGapNs(endNs);
  const layers = LANES.map(([kind, [top, bottom]]) => ({
    fill: `var(--span-${kind})`,
    boxes: threads.flatMap(({ spans }, row) =>
      merged(
        spans.filter((span) => span.kind === kind),
        leastNs,
      ).map(
        ({ startNs, durationNs }): Box => ({
          x1: startNs / 1e3,
          x2: (startNs + Math.max(durationNs, leastNs)) / 1e3,
          y1: row + top,
          y2: row + bottom,
        }),
      ),
    ),
  }));
  return renderPlot(
    { label, width: WIDTH, height: MARGIN.marginTop + MARGIN.marginBottom + ROW * threads.length },
    {
      ...MARGIN,
      x: { type: 'linear', domain: [0, endNs / 1e3] },
      y: { type: 'linear', domain: [threads.length, 0] },
      marks: [
        gridX({ stroke: 'var(--line)', strokeOpacity: 1 }),
        ruleY(rows.slice(1), { stroke: 'var(--line)' }),
        axisX({
          label: 'time, µs',
          labelArrow: 'none',
          labelAnchor: 'center',
          fontSize: FONT_SIZE,
        }),
        axisY(
          rows.map((row) => row + 0.5),
          {
            tickFormat: (at: number) => shortName(threads[Math.floor(at)]?.name ?? ''),
            tickSize: 0,
            label: null,
            fontSize: FONT_SIZE,
          },
        ),
        boxesMark(layers),
      ],
    },
  );
}

/** There is room for `vcpu63` and a little more. */
function shortName(name: string): string {
  return name.length <= 8 ? name : `${name.slice(0, 7)}…`;
}

/** Spans of one kind in order, those one that no visible gap is between. */
function merged(spans: readonly TimelineSpan[], leastNs: number): readonly TimelineSpan[] {
  const result: TimelineSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.startNs - b.startNs)) {
    const last = result.at(-1);
    const lastEnd = last === undefined ? Number.NEGATIVE_INFINITY : last.startNs + last.durationNs;
    if (last === undefined || span.startNs - lastEnd > leastNs) result.push(span);
    else {
      const end = Math.max(lastEnd, span.startNs + span.durationNs);
      result[result.length - 1] = { ...last, durationNs: end - last.startNs };
    }
  }
  return result;
}
