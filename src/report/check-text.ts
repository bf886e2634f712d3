import type { CheckedScenario, CheckResult } from '../check/check-result.ts';
import { formatTable } from '../shared/text-table.ts';
import { checkCounterexampleTexts } from './check-counterexample-text.ts';
import { checkOutcomesText } from './check-outcomes-text.ts';
import { expectationText, extentText, verdictText, violatedText } from './check-verdict-text.ts';
import { INFINITE_TEXT, roundedInterleavings } from './interleavings-text.ts';
import { withSeparators } from './number-text.ts';
import type { Paint } from './paint.ts';
import { variantLabel } from './variant-label.ts';
import { toleratedText } from './violation-text.ts';
import { withVisibleText } from './visible-text.ts';

/** Results up to which the outcomes of those that hold are shown, too. */
const FEW_RESULTS = 4;

export interface CheckTextOptions {
  /** Leave out what was done, what is tolerated, and outcomes. */
  readonly quiet: boolean;
  readonly paint: Paint;
}

/** The result of `check` as a person reads it. */
export function checkText(checked: CheckResult, { quiet, paint }: CheckTextOptions): string {
  const { results, interrupted, seed } = withVisibleText(checked);
  const few = results.length <= FEW_RESULTS;
  const parts = [
    quiet || results.length === 0 ? '' : table(results),
    ...results.flatMap((scenario) => story(scenario, quiet, few, paint)),
    verdicts(results, paint),
    [
      ...(interrupted ? ['interrupted: some scenarios were not explored'] : []),
      ...(results.length === 0 ? ['no scenario was explored'] : []),
      `seed ${seed}`,
    ].join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function table(results: readonly CheckedScenario[]): string {
  const rows = results.map((scenario) => [
    scenario.scenario,
    variantLabel(scenario),
    scenario.verdict,
    extentText(scenario),
    withSeparators(scenario.states),
    roundedInterleavings(scenario.interleavings, scenario.complete),
    scenario.seconds.toFixed(1),
    scenario.expectation === 'none' ? '-' : scenario.expectation,
  ]);
  const head = ['scenario', 'variant', 'verdict', 'complete', 'states', 'interleavings', 'seconds', 'expectation'];
  const isEndless = results.some(({ interleavings, complete }) => interleavings === null && complete);
  return formatTable([head, ...rows], [4, 5, 6]) + (isEndless ? `\n${INFINITE_TEXT}` : '');
}

function story(scenario: CheckedScenario, quiet: boolean, few: boolean, paint: Paint): string[] {
  const tolerated = scenario.violations.filter((violation) => violation.class === 'tolerated');
  const parts = [...checkCounterexampleTexts(scenario, paint)];
  if (quiet) return parts;
  const place = `${scenario.scenario} under ${variantLabel(scenario)}`;
  parts.push(tolerated.map((violation) => `${place}: ${toleratedText(violation)}`).join('\n'));
  if (few || scenario.verdict === 'violated') parts.push(checkOutcomesText(scenario));
  return parts;
}

const VERDICT_STYLE = {
  holds: 'green',
  violated: 'red',
  unknown: 'yellow',
} as const satisfies Record<CheckedScenario['verdict'], 'red' | 'green' | 'yellow'>;

function verdicts(results: readonly CheckedScenario[], paint: Paint): string {
  const texts = results.map(verdictText);
  const width = Math.max(0, ...texts.map((text) => text.length));
  const lines = results.map((scenario, index) => {
    const expectation = expectationText(scenario);
    const facts = [
      `${scenario.scenario} under ${variantLabel(scenario)}`,
      violatedText(scenario),
      scenario.expectation === 'unmet' ? paint('red', expectation) : expectation,
    ];
    const verdict = paint(VERDICT_STYLE[scenario.verdict], (texts[index] ?? '').padEnd(width));
    return `${verdict}  ${facts.filter((fact) => fact !== '').join('; ')}`;
  });
  return lines.join('\n');
}
