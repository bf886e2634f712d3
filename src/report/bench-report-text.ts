import type { BenchResult } from '../run/bench-result.ts';
import { benchAnswers } from './bench-answers.ts';
import { benchEstimateTable, kindText, metricText } from './bench-tables.ts';
import { cellDimensions, cellsText, cellText, foremostCell, groupByCell } from './chart/bench-cells.ts';
import { PUBLISHED } from './chart/published-scaling.ts';
import { agingPassCharts } from './chart/scaling-series.ts';
import { percentilesText } from './chart-text/percentile-text.ts';
import { ratiosText } from './chart-text/ratio-text.ts';
import { scalingText } from './chart-text/scaling-text.ts';
import { groupBy } from './group-by.ts';
import type { Paint } from './paint.ts';
import { tableText } from './table.ts';

/** What a benchmark came to, with charts of its foremost cell: the page has those of all. */
export function benchReportText(result: BenchResult, paint: Paint): string {
  const parts = [
    [paint('bold', 'What does the lock cost?'), ...benchAnswers(result).map(({ text }) => text)].join('\n'),
    ...notes(result, paint),
    ...ratioCharts(result, paint),
    ...scalingChart(result, paint),
    ...curveCharts(result, paint),
    ...costs(result, paint),
    `seed ${result.seed}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function notes({ warnings, failures, interrupted }: BenchResult, paint: Paint): string[] {
  const lines = [
    ...(interrupted ? [paint('yellow', 'interrupted: what is shown is partial')] : []),
    ...failures.map((failure) => paint('red', `harness failure: ${failure}`)),
    ...warnings.map((warning) => `${paint('yellow', 'warning')}: ${warning}`),
  ];
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function ratioCharts({ ratios }: BenchResult, paint: Paint): string[] {
  const dimensions = cellDimensions(ratios);
  const pairs = groupBy(ratios, ({ metric, variants }) => JSON.stringify([metric, variants]));
  return [...pairs.values()].flatMap((ofPair) => {
    const [first] = ofPair;
    if (first === undefined) return [];
    const [one, other] = first.variants;
    const head = paint('bold', `${metricText[first.metric]}: ${one} over ${other} (right of |: ${other} is faster)`);
    const lines = ofPair.map((ratio) => ({ ...ratio, label: `${ratio.phase} · ${cellText(ratio, dimensions)}` }));
    return [`${head}\n${ratiosText(lines)}`];
  });
}

function scalingChart(result: BenchResult, paint: Paint): string[] {
  const [chart] = agingPassCharts(result);
  if (chart === undefined) return [];
  const title = paint('bold', `Time of an aging pass, ${cellsText(chart, cellDimensions(result.rows))}`);
  return [`${scalingText(title, chart)}\n(${PUBLISHED}; compare shapes, not times)`];
}

function curveCharts({ curves, foremostVcpus }: BenchResult, paint: Paint): string[] {
  const measured = curves.filter(({ curve }) => curve.points.length > 0);
  const foremost = foremostCell(measured, foremostVcpus);
  if (foremost === undefined) return [];
  const place = `${foremost.phase} · ${cellText(foremost, cellDimensions(curves))}`;
  const ofCell = [...groupByCell(measured).values()].find((group) => group.includes(foremost)) ?? [];
  return Object.entries(kindText).map(([kind, name]) =>
    percentilesText(
      paint('bold', `${name}, ${place}`),
      ofCell.filter((curve) => curve.kind === kind).map(({ variant, curve }) => ({ name: variant, curve })),
    ),
  );
}

function costs({ slowdowns, overheads }: BenchResult, paint: Paint): string[] {
  const part = (title: string, estimates: BenchResult['slowdowns']): string[] =>
    estimates.length === 0 ? [] : [`${paint('bold', title)}\n${tableText(benchEstimateTable(estimates))}`];
  return [
    ...part("The vCPUs' time with aging, over that without", slowdowns),
    ...part("The vCPUs' time with latencies measured, over that without", overheads),
  ];
}
