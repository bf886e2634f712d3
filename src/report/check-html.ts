import type { CheckedScenario, CheckResult } from '../check/check-result.ts';
import { expectationText, verdictText } from './check-verdict-text.ts';
import { countText } from './count-text.ts';
import { counterexampleHtml } from './html/counterexample-html.ts';
import { escapeHtml, scriptJson } from './html/escape-html.ts';
import { outcomesHtml } from './html/outcomes-html.ts';
import { PAGE_SCRIPT } from './html/page-script.ts';
import { PAGE_STYLE } from './html/page-style.ts';
import { resultsHtml, verdictBadge } from './html/results-html.ts';
import type { StepperData } from './html/stepper-data.ts';
import { variantLabel } from './variant-label.ts';
import { toleratedText } from './violation-text.ts';
import { withVisibleText } from './visible-text.ts';

/** The page loads nothing, from nowhere. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/** Results up to which those that hold are unfolded, too. */
const FEW_RESULTS = 4;

/** The result of `check` as one HTML file that needs nothing else: counterexamples to step through, and tables. */
export function checkHtml(checked: CheckResult): string {
  const { results, seed, interrupted } = withVisibleText(checked);
  const steppers: StepperData[] = [];
  const sections = results.map((result, index) => resultHtml(result, index, results.length <= FEW_RESULTS, steppers));
  const violated = results.filter(({ verdict }) => verdict === 'violated').length;
  const holds = results.filter(({ verdict }) => verdict === 'holds').length;
  const unknown = results.length - violated - holds;
  const counts = [
    countText(results.length, 'result'),
    `${holds} hold`,
    `${violated} violated`,
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>pte-aging check</title>
<style>
${PAGE_STYLE}
</style>
</head>
<body>
<header>
<h1>pte-aging check</h1>
<p class="counts">${counts.join(' · ')}</p>
<p class="seed">seed <code>${escapeHtml(seed)}</code></p>
${interrupted ? '<p class="warning">Interrupted: some scenarios were not explored.</p>' : ''}
</header>
<main>
<section aria-label="results">
${resultsHtml(results)}
</section>
${sections.join('\n')}
</main>
<script type="application/json" id="steppers">${scriptJson(steppers)}</script>
<script>
${PAGE_SCRIPT}
</script>
</body>
</html>
`;
}

function resultHtml(result: CheckedScenario, index: number, few: boolean, steppers: StepperData[]): string {
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
  return `<details class="result" id="result-${index}"${open}>
<summary><h2>${escapeHtml(result.scenario)} <span class="under">under ${escapeHtml(variantLabel(result))}</span></h2> ${verdictBadge(result)}</summary>
${result.description === '' ? '' : `<p class="description">${escapeHtml(result.description)}</p>`}
<p class="extent">${facts.map(escapeHtml).join(' · ')}</p>
${counterexamples.join('\n')}
${tolerated.length === 0 ? '' : `<ul class="tolerated">${tolerated.map((violation) => `<li>${escapeHtml(toleratedText(violation))}</li>`).join('')}</ul>`}
<h3>Outcomes</h3>
${outcomesHtml(result)}
</details>`;
}
