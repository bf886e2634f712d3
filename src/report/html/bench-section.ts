import type { BenchCell } from '../../bench/bench-config.ts';
import type { BenchCurve, BenchRatio, BenchResult, Estimate, LatencyKind } from '../../run/bench-result.ts';
import { type BenchAnswer, benchAnswers } from '../bench-answers.ts';
import {
  benchEstimateTable,
  benchRatioTable,
  benchRowTable,
  kindText,
  metricText,
  scalingTable,
} from '../bench-tables.ts';
import {
  type CellDimensions,
  cellDimensions,
  cellsText,
  cellText,
  foremostCell,
  groupByCell,
} from '../chart/bench-cells.ts';
import { PUBLISHED } from '../chart/published-scaling.ts';
import { agingPassCharts, type ScalingChart, vcpuWallCharts } from '../chart/scaling-series.ts';
import { countText } from '../count-text.ts';
import { groupBy } from '../group-by.ts';
import { intervalText, ratioDomain, ratioPlot } from '../plot/ratio-plot.ts';
import { scalingPlot, scalingStyle } from '../plot/scaling-plot.ts';
import { escapeHtml } from './escape-html.ts';
import { figureHtml, figuresHtml } from './figure-html.ts';
import { hostHtml } from './host-html.ts';
import { lineLegendHtml } from './legend-html.ts';
import { percentileFigure } from './percentile-figure.ts';
import { tableHtml } from './table-html.ts';
import { timelinesHtml } from './timelines-html.ts';

/** A benchmark: what the lock costs, how times grow with vCPUs, latencies, who waited when, and what to make of it. */
export function benchSectionHtml(result: BenchResult): string {
  const variants = variantsOf(result);
  const dimensions = cellDimensions(result.rows);
  return [
    ratiosHtml(result),
    scalingHtml(result, variants, dimensions),
    curvesHtml(result, variants, dimensions),
    timelinesHtml(result, dimensions),
    costsHtml(result),
    measuredHtml(result),
  ].join('\n');
}

/** In the order in which they are drawn everywhere. */
function variantsOf({ config, rows, curves }: BenchResult): readonly string[] {
  return [
    ...new Set([...config.variants, ...rows.map(({ variant }) => variant), ...curves.map(({ variant }) => variant)]),
  ];
}

function ratiosHtml(result: BenchResult): string {
  const { ratios } = result;
  const warnings = [
    ...(result.interrupted ? ['interrupted: what is shown is partial'] : []),
    ...result.warnings,
    ...result.failures.map((failure) => `harness failure: ${failure}`),
  ];
  const list =
    warnings.length === 0
      ? ''
      : `<ul class="warnings">${warnings.map((text) => `<li>${escapeHtml(text)}</li>`).join('')}</ul>`;
  if (ratios.length === 0)
    return `<section><h3>What does the lock cost?</h3>${list}<p>No two variants were compared.</p></section>`;
  const pairs = groupBy(ratios, ({ metric, variants }) => JSON.stringify([metric, variants]));
  const charts = [...pairs.values()].map((ofPair) => pairHtml(ofPair, cellDimensions(ratios))).join('\n');
  return `<section><h3>What does the lock cost?</h3>
${answersHtml(result)}
${list}
${charts}
<details class="figures"><summary>all ratios in figures</summary>${tableHtml(benchRatioTable(result))}</details></section>`;
}

/** Those of the first phase; the others are folded. */
function answersHtml(result: BenchResult): string {
  const byPhase = [...groupBy(benchAnswers(result), ({ phase }) => phase).values()];
  const listOf = (answers: readonly BenchAnswer[]): string =>
    `<ul class="answers">${answers.map(({ text }) => `<li>${escapeHtml(text)}</li>`).join('\n')}</ul>`;
  const [first = [], ...others] = byPhase;
  if (others.length === 0) return listOf(first);
  return `${listOf(first)}\n<details class="figures"><summary>the same of other phases</summary>${listOf(others.flat())}</details>`;
}

/** A metric of two variants: a chart a phase, all with the same axis. */
function pairHtml(ratios: readonly BenchRatio[], dimensions: CellDimensions): string {
  const [first] = ratios;
  if (first === undefined) return '';
  const [one, other] = first.variants;
  const figures = estimateFigures(ratios, `${one} / ${other} (log)`, (ratio) => cellText(ratio, dimensions));
  return `<h4>${escapeHtml(`${metricText[first.metric]}: ${one} over ${other}`)}</h4>
<p class="remark">Right of the line at 1, ${escapeHtml(other)} is faster. A dot is the median over repeats, its bar the interval that contains the true one with the stated confidence; hollow and grey where it contains 1, or rests on fewer than four repeats. Rows without aging are the control: two kernels differ in more than how aging locks.</p>
${figuresHtml(figures)}`;
}

function estimateFigures<Item extends BenchCell & Estimate>(
  estimates: readonly Item[],
  axis: string,
  label: (estimate: Item) => string,
): string[] {
  const domain = ratioDomain(estimates);
  return [...groupBy(estimates, ({ phase }) => phase)].map(([phase, ofPhase]) => {
    const lines = ofPhase.map((one) => ({ ...one, label: label(one) }));
    return figureHtml({
      title: phase,
      picture: ratioPlot(`${phase}: ratios with their intervals`, lines, domain, axis),
      legend: '',
      table: {
        head: ['', 'ratio (from – to)', 'confidence', 'repeats'],
        rows: lines.map((line) => [
          line.label,
          intervalText(line),
          `${(100 * line.confidence).toFixed(1)} %`,
          String(line.repeats),
        ]),
        numbers: [1, 2, 3],
      },
    });
  });
}

function scalingHtml(result: BenchResult, variants: readonly string[], dimensions: CellDimensions): string {
  const passes = agingPassCharts(result).map((chart) =>
    scalingFigure(chart, variants, 'aging pass', cellsText(chart, dimensions)),
  );
  const walls = vcpuWallCharts(result).map((chart) =>
    scalingFigure(chart, variants, 'vCPU wall time', cellsText(chart, dimensions)),
  );
  if (passes.length + walls.length === 0) return '';
  return `<section><h3>How times grow with vCPUs</h3>
<p class="remark">Each line is over its own time with the fewest vCPUs; both axes are logarithmic. Dashed and grey: ${escapeHtml(PUBLISHED)}. Compare shapes, not times.</p>
<h4>Time of an aging pass</h4>
${figuresHtml(passes)}
<h4>vCPUs' wall time, with and without aging</h4>
<p class="remark">Over what the variant takes without aging with the fewest vCPUs. Every vCPU has memory of its own, so that a line at 1 is perfect scaling.</p>
${figuresHtml(walls)}</section>`;
}

function scalingFigure(chart: ScalingChart, variants: readonly string[], what: string, title: string): string {
  const { baseVcpus, series } = chart;
  return figureHtml({
    title,
    picture: scalingPlot(
      `${what}, ${title}: time against vCPUs`,
      series,
      variants,
      `time, over that with ${countText(baseVcpus, 'vCPU')} (log)`,
    ),
    legend: lineLegendHtml(
      series.map((one) => {
        const style = scalingStyle(one, series, variants);
        const isHollow = one.isBaseline || one.variant === null;
        return { label: one.label, style, fill: isHollow ? 'var(--card)' : style.color };
      }),
    ),
    table: scalingTable(chart),
  });
}

function curvesHtml(
  { curves, foremostVcpus }: BenchResult,
  variants: readonly string[],
  dimensions: CellDimensions,
): string {
  const measured = curves.filter(({ curve }) => curve.points.length > 0);
  if (measured.length === 0) return '';
  const foremost = foremostCell(measured, foremostVcpus);
  const cells = [...groupByCell(measured).values()].map((ofCell) => {
    const [cell] = ofCell;
    const title = cell === undefined ? '' : `${cell.phase} · ${cellText(cell, dimensions)}`;
    return `<details class="cell"${cell === foremost ? ' open' : ''}><summary>${escapeHtml(title)}</summary>
${figuresHtml(Object.entries(kindText).flatMap(([kind, name]) => percentileFigure(name, curvesOf(ofCell, variants, kind as LatencyKind)) ?? []))}</details>`;
  });
  return `<section><h3>Latency by percentile</h3>
<p class="remark">Of all repeats. Below the horizontal position of 99 lie 99 % of the measurements; the right end is the slowest one.</p>
${cells.join('\n')}</section>`;
}

function curvesOf(ofCell: readonly BenchCurve[], variants: readonly string[], kind: BenchCurve['kind']) {
  return ofCell
    .filter((curve) => curve.kind === kind)
    .map(({ variant, curve }) => ({ name: variant, index: variants.indexOf(variant), curve }));
}

/** What aging costs, and what measuring does. */
function costsHtml({ slowdowns, overheads }: BenchResult): string {
  const part = (title: string, remark: string, estimates: BenchResult['slowdowns']): string =>
    estimates.length === 0
      ? ''
      : `<section><h3>${title}</h3>
<p class="remark">${remark}</p>
${figuresHtml(estimateFigures(estimates, 'ratio (log)', (one) => `${one.variant} · ${cellText(one, cellDimensions(estimates))}`))}
<details class="figures"><summary>all in figures</summary>${tableHtml(benchEstimateTable(estimates))}</details></section>`;
  return [
    part(
      'What does aging cost the vCPUs?',
      "The vCPUs' time with aging, over that without it in the same repeat.",
      slowdowns,
    ),
    part(
      'What does measuring cost?',
      "The vCPUs' time in iterations that measure latencies, over that in iterations that do not.",
      overheads,
    ),
  ].join('\n');
}

function measuredHtml(result: BenchResult): string {
  const { config, host, seed, timerNs } = result;
  const facts = [
    `seed ${seed}`,
    `${config.durationMs} ms a run, ${countText(config.repeat, 'repeat')}`,
    `${countText(config.pagesPerVcpu, 'page')} a vCPU`,
    `${countText(config.batch, 'page')} an aging call`,
    config.tlbEntries === 0 ? 'no TLB' : `${countText(config.tlbEntries, 'TLB entry', 'TLB entries')}`,
    `the timer costs ${timerNs} ns a measurement`,
    ...(config.mutant === null ? [] : [`mutant ${config.mutant}`]),
  ];
  return `<section><h3>What was measured</h3>
${hostHtml(host)}
<p class="seed">${escapeHtml(facts.join(' · '))}</p>
<details class="figures"><summary>all runs</summary>${tableHtml(benchRowTable(result))}</details></section>`;
}
