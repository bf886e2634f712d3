import type { ConformedTrace, ConformResult } from '../../run/conform-result.ts';
import { differenceText } from '../answer-text.ts';
import { type Agreement, type AgreementTable, conformByScenario } from '../conform-by-scenario.ts';
import { conformFindingsTable, FORBIDDEN_NOTE, hasForbidden } from '../conform-findings-text.ts';
import {
  conformSummaryTable,
  coverageTable,
  differencesTable,
  disagreeingTraces,
  skippedTable,
} from '../conform-tables.ts';
import { countText } from '../count-text.ts';
import { withSeparators } from '../number-text.ts';
import type { Table } from '../table.ts';
import { variantLabel } from '../variant-label.ts';
import { escapeHtml } from './escape-html.ts';
import { tableHtml } from './table-html.ts';

/** Traces whose first disagreement is told. */
const TRACES_TOLD = 10;

/** Traces of real kernels beside the model: how far they agree, by scenario; what differs; what was not compared. */
export function conformSectionHtml(result: ConformResult): string {
  const { traces, interrupted, files } = result;
  const wrong = disagreeingTraces(traces);
  const badge =
    wrong.length === 0 ? '<span class="badge agrees">agrees</span>' : '<span class="badge disagrees">disagrees</span>';
  const fields = traces.reduce((sum, { compared }) => sum + compared, 0);
  const count = wrong.length === 0 ? traces.length : wrong.length;
  return [
    `<section><h3>Agreement</h3>
<p>${badge} ${withSeparators(count)} of ${countText(traces.length, 'replay')}, ${countText(fields, 'field')} compared</p>
${interrupted ? `<p class="warning">Interrupted: of ${countText(files, 'trace')}.</p>` : ''}
${traces.length === 0 ? '' : agreementHtml(conformByScenario(traces))}
<p class="remark">Fields that kernel and model agree in; where they differ, of how many. Empty: there is no such trace.</p>
${tableHtml(conformSummaryTable(traces))}</section>`,
    wrong.length === 0
      ? ''
      : `<section><h3>What differs</h3>\n${tableHtml(differencesTable(traces))}\n${storiesHtml(wrong)}</section>`,
    filledHtml('Not compared', skippedTable(traces)),
    filledHtml(
      'What the oracle says of the answers',
      conformFindingsTable(traces),
      hasForbidden(traces) ? FORBIDDEN_NOTE : '',
    ),
    filledHtml('Rules that were asked', coverageTable(result.rules)),
  ].join('\n');
}

function filledHtml(title: string, table: Table, remark = ''): string {
  if (table.rows.length === 0) return '';
  const note = remark === '' ? '' : `\n<p class="remark">${escapeHtml(remark)}</p>`;
  return `<section><h3>${title}</h3>\n${tableHtml(table)}${note}</section>`;
}

function agreementHtml({ columns, rows }: AgreementTable): string {
  const mutants = new Set(columns.map(({ mutant }) => mutant));
  const shared = mutants.size === 1 ? (columns[0]?.mutant ?? null) : null;
  const heads = columns.map(({ machine, ...column }) => {
    const variant = shared === null ? variantLabel(column) : column.variant;
    return `<th scope="col">${escapeHtml(machine)}<br>${escapeHtml(variant)}</th>`;
  });
  const body = rows.map(
    ({ scenario, cells }) =>
      `<tr><th scope="row" title="${escapeHtml(scenario)}">${escapeHtml(scenario)}</th>${cells.map(cellHtml).join('')}</tr>`,
  );
  const note = shared === null ? '' : `<p>each variant with ${escapeHtml(shared)}</p>`;
  return `${note}<div class="scroll" tabindex="0" role="region" aria-label="agreement by scenario"><table class="agreement"><thead><tr><th scope="col">scenario</th>${heads.join('')}</tr></thead><tbody>
${body.join('\n')}
</tbody></table></div>`;
}

function cellHtml(agreement: Agreement | null): string {
  if (agreement === null) return '<td></td>';
  const { compared, agreed, skipped } = agreement;
  const title = `${withSeparators(agreed)} of ${withSeparators(compared)} fields agree, ${withSeparators(skipped)} not compared`;
  const text =
    agreed === compared ? withSeparators(agreed) : `${withSeparators(agreed)} of ${withSeparators(compared)}`;
  return `<td class="${agreed === compared ? 'agrees' : 'disagrees'}" title="${title}">${text}</td>`;
}

function storiesHtml(traces: readonly ConformedTrace[]): string {
  const stories = traces.slice(0, TRACES_TOLD).map(storyHtml);
  const rest = traces.length - stories.length;
  return stories.join('\n') + (rest > 0 ? `<p class="remark">… and ${countText(rest, 'more trace')}</p>` : '');
}

/** The first operation in which a trace disagrees: what was done before it, and all that differs there. */
function storyHtml(trace: ConformedTrace): string {
  const [first] = trace.disagreements;
  if (first === undefined) return '';
  const there = trace.disagreements.filter(({ line }) => line === first.line);
  const lines = [
    ...first.context.slice(0, -1).map((line) => `  ${line}`),
    `> ${first.context.at(-1) ?? first.op}`,
    ...there.map(({ field, kernel, model }) => `    ${differenceText(field, kernel, model)}`),
  ];
  const head = `${trace.file}:${first.line}: disagreement 1 of ${withSeparators(trace.disagreements.length)} with ${variantLabel(trace)}`;
  return `<h4>${escapeHtml(head)}</h4><pre class="text" tabindex="0">${escapeHtml(lines.join('\n'))}</pre>`;
}
