import type { TestCase } from 'junit-report-builder';
import type { CheckedScenario, CheckResult } from '../check/check-result.ts';
import { checkCounterexampleTexts } from './check-counterexample-text.ts';
import { expectationText, verdictText, violatedText } from './check-verdict-text.ts';
import { groupBy } from './group-by.ts';
import { emptyReport } from './junit.ts';
import type { Paint } from './paint.ts';
import { withVisibleText } from './visible-text.ts';

const plain: Paint = (_, text) => text;

/** One suite a scenario, one case a variant. A violation that was expected is no failure. */
export function checkJunit(checked: CheckResult): string {
  const { results, interrupted } = withVisibleText(checked);
  const builder = emptyReport();
  for (const group of groupBy(results, ({ scenario, file }) => `${scenario}\n${file}`).values()) {
    const [first] = group;
    const suite = builder.testSuite().name(`check ${first?.scenario}`);
    for (const scenario of group) {
      const { variant, mutant, seconds, verdict, expectation } = scenario;
      const name = mutant === null ? variant : `${variant}+${mutant}`;
      const test = suite.testCase().className(`check.${scenario.scenario}`).name(name).time(seconds);
      if (expectation === 'unmet') fail(test, scenario, 'expectation');
      else if (expectation === 'none' && verdict === 'violated') fail(test, scenario, 'violation');
      else if (expectation === 'none' && verdict === 'unknown') test.error(verdictText(scenario), 'unknown');
    }
  }
  if (interrupted) builder.testSuite().name('check').testCase().className('check').name('harness').error('interrupted');
  return builder.build();
}

/** The verdict as the message, and counterexamples as the text. */
function fail(test: TestCase, scenario: CheckedScenario, type: string): void {
  const facts = [verdictText(scenario), violatedText(scenario), expectationText(scenario)];
  test.failure(facts.filter((fact) => fact !== '').join('; '), type);
  const stories = checkCounterexampleTexts(scenario, plain).join('\n\n');
  if (stories === '') return;
  // It goes into a CDATA section, which this would end.
  test.stacktrace(stories.replaceAll(']]>', ']] >'));
}
