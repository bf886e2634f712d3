import type { CheckedScenario } from '../../check/check-result.ts';
import { expectationText, extentText, violatedText } from '../check-verdict-text.ts';
import { roundedInterleavings } from '../interleavings-text.ts';
import { withSeparators } from '../number-text.ts';
import { variantLabel } from '../variant-label.ts';
import { escapeHtml } from './escape-html.ts';
import { htmlTable } from './html-table.ts';

/** What came of each scenario under each variant, linked to the result, whose id begins with `prefix`. */
export function resultsHtml(results: readonly CheckedScenario[], prefix: string): string {
  if (results.length === 0) return '<p>No scenario was explored.</p>';
  const rows = results.map((result, index) => [
    verdictBadge(result),
    `<a href="#${prefix}result-${index}">${escapeHtml(result.scenario)}</a>`,
    escapeHtml(variantLabel(result)),
    escapeHtml(violatedText(result)),
    escapeHtml(extentText(result)),
    withSeparators(result.states),
    escapeHtml(roundedInterleavings(result.interleavings, result.complete)),
    result.seconds.toFixed(1),
    result.expectation === 'none'
      ? '–'
      : `<span class="expectation ${result.expectation}">${escapeHtml(expectationText(result))}</span>`,
  ]);
  const head = [
    'verdict',
    'scenario',
    'variant',
    'violated',
    'complete',
    'states',
    'interleavings',
    's',
    'expectation',
  ];
  return htmlTable(head, rows, [5, 6, 7]);
}

export function verdictBadge({ verdict }: CheckedScenario): string {
  return `<span class="badge ${verdict}">${verdict}</span>`;
}
