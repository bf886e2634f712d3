import type { StressResult, VariantResult } from '../../run/stress-result.ts';
import { propertyText } from '../../shared/property.ts';
import { AGE_CLASSES, type AgeClasses, ageClasses, ageClassOf } from '../chart/age-classes.ts';
import { countText } from '../count-text.ts';
import { withSeparators } from '../number-text.ts';
import { agePlot } from '../plot/age-plot.ts';
import {
  stressFindingsTable,
  stressKinds,
  stressLatencyNote,
  stressLatencyTable,
  stressWarning,
  stressWorkTable,
} from '../stress-tables.ts';
import type { Table } from '../table.ts';
import { variantLabel } from '../variant-label.ts';
import { escapeHtml } from './escape-html.ts';
import { figureHtml, figuresHtml } from './figure-html.ts';
import { hostHtml } from './host-html.ts';
import { areaLegendHtml } from './legend-html.ts';
import { percentileFigure } from './percentile-figure.ts';
import { tableHtml } from './table-html.ts';

/** Findings that are told. */
const FINDINGS = 12;

/** A stress run: what was found, how long things took, and how old pages became. */
export function stressSectionHtml(result: StressResult): string {
  const { variants, seed, host, config } = result;
  return [
    `<section><h3>Verdict</h3>
<ul class="verdicts">${variants.map(verdictHtml).join('')}</ul>
${interruptedHtml(result)}
${tableHtml(stressFindingsTable(result))}
${findingsHtml(result)}
<p class="remark">clean means: nothing was found in this run. It is no proof.</p></section>`,
    `<section><h3>Latency</h3>
${figuresHtml(stressKinds.flatMap(([name, kind]) => percentileFigure(name, curvesOf(variants, kind)) ?? []))}
${tableHtml(stressLatencyTable(result))}
<p class="remark">${escapeHtml([stressLatencyNote(result), stressWarning(result)].filter((text) => text !== '').join('; '))}</p></section>`,
    agesHtml(variants),
    `<section><h3>What was done</h3>
${tableHtml(stressWorkTable(result))}
${hostHtml(host)}
<p class="seed">seed <code>${escapeHtml(seed)}</code> · ${countText(config.vcpus, 'vCPU')} · ${countText(config.pages, 'page')} · ${countText(config.slots, 'memslot')} · workload ${escapeHtml(config.workload)} · ${withSeparators(config.invalidateRate)} invalidations and ${withSeparators(config.zapAllRate)} zaps of all roots a second</p></section>`,
  ].join('\n');
}

function curvesOf(variants: readonly VariantResult[], kind: keyof VariantResult['curves']) {
  return variants.map((variant, index) => ({ name: variantLabel(variant), index, curve: variant.curves[kind] }));
}

function verdictHtml(variant: VariantResult): string {
  return `<li><span class="badge ${variant.verdict}">${variant.verdict}</span> ${escapeHtml(variantLabel(variant))}, ${variant.seconds.toFixed(1)} s</li>`;
}

function interruptedHtml({ interrupted, variants }: StressResult): string {
  const failures = variants.flatMap((variant) =>
    variant.failures.map(
      (failure) => `<li>${escapeHtml(`harness failure on ${variantLabel(variant)}: ${failure}`)}</li>`,
    ),
  );
  const list = failures.length === 0 ? '' : `<ul class="failures">${failures.join('')}</ul>`;
  return `${interrupted ? '<p class="warning">Interrupted: what is shown is partial.</p>' : ''}${list}`;
}

function findingsHtml({ findings }: StressResult): string {
  if (findings.length === 0) return '';
  const items = findings.slice(0, FINDINGS).map((finding) => {
    const page = finding.page === null ? '' : `, page ${finding.page}`;
    const who = `${finding.thread} of ${variantLabel(finding)}${page}`;
    return `<li><strong>${escapeHtml(finding.property)}</strong> (${escapeHtml(propertyText[finding.property])}), seen by ${escapeHtml(who)}: ${escapeHtml(finding.detail)}</li>`;
  });
  const rest = findings.length - items.length;
  const more = rest > 0 ? `<p class="remark">… and ${countText(rest, 'more finding')}</p>` : '';
  return `<h4>Findings</h4><ul class="answers">${items.join('\n')}</ul>${more}`;
}

/** A map a variant, in the same shades. */
function agesHtml(variants: readonly VariantResult[]): string {
  const aged = variants.flatMap((variant) => {
    const map = variant.pageAges;
    return map === null || map.momentsMs.length === 0 ? [] : [{ name: variantLabel(variant), map }];
  });
  if (aged.length === 0) return '';
  const classes = ageClasses(aged.map(({ map }) => map));
  const figures = aged.map(({ name, map }) =>
    figureHtml({
      title: `page age over time, ${name}`,
      picture: agePlot(`${name}: age of pages over time`, map, classes),
      legend: areaLegendHtml(classes.labels.map((label, index) => ({ label, color: `var(--heat-${index})` }))),
      note: map.pagesPerBin === 1 ? 'a row a page' : `a row is the mean of ${countText(map.pagesPerBin, 'page')}`,
      table: ageTable(map, classes),
    }),
  );
  return `<section><h3>Page age</h3>
<p class="remark">Time since the aging thread last reported the page young; of a page that it never did, since the run began.</p>
${figuresHtml(figures)}</section>`;
}

/** How many bins are in each class, at some of the moments. */
function ageTable({ momentsMs, agesMs }: NonNullable<VariantResult['pageAges']>, classes: AgeClasses): Table {
  const every = Math.ceil(momentsMs.length / 12);
  const rows = momentsMs.flatMap((ms, moment) => {
    if (moment % every !== 0) return [];
    const counts = new Array<number>(AGE_CLASSES).fill(0);
    for (const age of agesMs[moment] ?? []) {
      const index = ageClassOf(age, classes);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    return [[`${(ms / 1000).toFixed(3)} s`, ...counts.map(String)]];
  });
  return {
    head: ['rows of the map at', ...classes.labels],
    rows,
    numbers: classes.labels.map((_, index) => index + 1),
  };
}
