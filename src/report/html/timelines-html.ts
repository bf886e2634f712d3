import type { SpanKind } from '../../bench/span.ts';
import type { BenchResult, BenchTimeline } from '../../run/bench-result.ts';
import { type CellDimensions, cellText, groupByCell } from '../chart/bench-cells.ts';
import { groupBy } from '../group-by.ts';
import { durationText, withSeparators } from '../number-text.ts';
import { leastGapNs, timelineEnd, timelinePlot } from '../plot/timeline-plot.ts';
import type { Table } from '../table.ts';
import { figureHtml } from './figure-html.ts';
import { areaLegendHtml } from './legend-html.ts';

const KINDS: readonly (readonly [kind: SpanKind, name: string])[] = [
  ['lock-wait', 'waits for mmu_lock'],
  ['lock-write', 'holds it for write'],
  ['lock-read', 'holds it for read'],
  ['fault', 'in a fault'],
  ['aging-pass', 'in an aging pass'],
  ['invalidate', 'invalidates'],
];

/** Who held `mmu_lock` and who waited for it: a chart a variant, those of a cell with the same time axis. */
export function timelinesHtml({ timelines }: BenchResult, dimensions: CellDimensions): string {
  if (timelines.length === 0) return '';
  const groups = [...groupByCell(timelines).values()].map((ofCell) => {
    const end = timelineEnd(ofCell);
    return ofCell.map((timeline) => timelineFigure(timeline, end, dimensions)).join('\n');
  });
  return `<section><h3>Who waited for the lock, and when</h3>
<p class="remark">A moment of one iteration each, from shortly before somebody first had to wait. The upper half of a row is what the thread did, the lower half is the lock.</p>
${groups.join('\n')}</section>`;
}

function timelineFigure(timeline: BenchTimeline, end: number, dimensions: CellDimensions): string {
  const { variant, phase, threads } = timeline;
  const title = `${phase} · ${cellText(timeline, dimensions)}: ${variant}`;
  const gaps = `Gaps below ${durationText(leastGapNs(end))} are not drawn.`;
  const seen = new Set(threads.flatMap(({ spans }) => spans.map(({ kind }) => kind)));
  return figureHtml({
    title,
    picture: timelinePlot(`${title}: what each thread did`, timeline, end),
    legend: areaLegendHtml(
      KINDS.filter(([kind]) => seen.has(kind)).map(([kind, label]) => ({ label, color: `var(--span-${kind})` })),
    ),
    note: gaps,
    table: timelineTable(timeline),
    isWide: true,
  });
}

/** How often and how long in all, by thread and kind. */
function timelineTable({ threads }: BenchTimeline): Table {
  const rows = threads.flatMap(({ name, spans }) =>
    [...groupBy(spans, ({ kind }) => kind)].map(([kind, ofKind]) => [
      name,
      KINDS.find(([candidate]) => candidate === kind)?.[1] ?? kind,
      withSeparators(ofKind.length),
      durationText(ofKind.reduce((sum, { durationNs }) => sum + durationNs, 0)),
      durationText(ofKind.reduce((longest, { durationNs }) => Math.max(longest, durationNs), 0)),
    ]),
  );
  return { head: ['thread', 'what', 'times', 'in all', 'longest'], rows, numbers: [2, 3, 4] };
}
