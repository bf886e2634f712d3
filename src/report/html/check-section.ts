import type { CheckedScenario, CheckResult } from '../../check/check-result.ts';
import { expectationText, verdictText } from '../check-verdict-text.ts';
import { countText } from '../count-text.ts';
import { variantLabel } from '../variant-label.ts';
import { toleratedText } from '../violation-text.ts';
import { counterexampleHtml } from './counterexample-html.ts';
import { escapeHtml } from './escape-html.ts';
import { outcomesHtml } from './outcomes-html.ts';
import { resultsHtml, verdictBadge } from './results-html.ts';
import type { StepperData } from './stepper-data.ts';

/** Results up to which those that hold are unfolded, too. */
const FEW_RESULTS = 4;

/** What a check came to in numbers, its seed, and whether it was interrupted: paragraphs for the head of a page or section. */
export function checkSummaryHtml({ results, seed, interrupted }: CheckResult): string {
  const violated = results.filter(({ verdict }) => verdict === 'violated').length;
  const holds = results.filter(({ verdict }) => verdict === 'holds').length;
  const unknown = results.length - violated - holds;
  const counts = [
    countText(results.length, 'result'),
    `${holds} hold`,
    `${violated} violated`,
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
  ];
  return `<p class="counts">${counts.join(' · ')}</p>
<p class="seed">seed <code>${escapeHtml(seed)}</code></p>
${interrupted ? '<p class="warning">Interrupted: some scenarios were not explored.</p>' : ''}`;
}

/**
 * A table of all results, and each with its counterexamples and outcomes. What the page's script needs is appended to
 * `steppers`. Ids begin with `prefix`, which differs where several checks are on one page.
 */
export function checkSectionHtml({ results }: CheckResult, prefix: string, steppers: StepperData[]): string {
  const few = results.length <= FEW_RESULTS;
  const sections = results.map((result, index) => resultHtml(result, `${prefix}result-${index}`, few, steppers));
  return `<section aria-label="results">
${resultsHtml(results, prefix)}
</section>
${sections.join('\n')}`;
}

function resultHtml(result: CheckedScenario, id: string, few: boolean, steppers: StepperData[]): string {
  const forbidden = result.violations.filter((violation) => violation.class === 'forbidden');
  const tolerated = result.violations.filter((violation) => violation.class === 'tolerated');
  const counterexamples = forbidden.map((violation) => {
    const { html, data } = counterexampleHtml(result, violation, steppers.length);
    steppers.push(data);
    return html;
  });
  const open = few || forbidden.length > 0 || result.expectation === 'unmet' ? ' open' : '';
  const facts = [
    verdictText(result),
    expectationText(result),
    `memory model ${result.model}`,
    `${countText(result.states, 'state')}, ${countText(result.transitions, 'transition')}`,
    ...(result.deadlocks > 0 ? [countText(result.deadlocks, 'deadlock')] : []),
    ...(result.file === null ? [] : [result.file]),
  ].filter((text) => text !== '');
  return `<details class="result" id="${id}"${open}>
<summary><h2>${escapeHtml(result.scenario)} <span class="under">under ${escapeHtml(variantLabel(result))}</span></h2> ${verdictBadge(result)}</summary>
${result.description === '' ? '' : `<p class="description">${escapeHtml(result.description)}</p>`}
<p class="extent">${facts.map(escapeHtml).join(' · ')}</p>
${counterexamples.join('\n')}
${tolerated.length === 0 ? '' : `<ul class="tolerated">${tolerated.map((violation) => `<li>${escapeHtml(toleratedText(violation))}</li>`).join('')}</ul>`}
<h3>Outcomes</h3>
${outcomesHtml(result)}
</details>`;
}
