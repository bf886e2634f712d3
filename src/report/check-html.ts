import type { CheckResult } from '../check/check-result.ts';
import { checkSectionHtml, checkSummaryHtml } from './html/check-section.ts';
import { pageHtml } from './html/page.ts';
import type { StepperData } from './html/stepper-data.ts';
import { withVisibleText } from './visible-text.ts';

/** The result of `check` as one HTML file that needs nothing else: counterexamples to step through, and tables. */
export function checkHtml(checked: CheckResult): string {
  const result = withVisibleText(checked);
  const steppers: StepperData[] = [];
  const main = checkSectionHtml(result, '', steppers);
  return pageHtml({ title: 'pte-aging check', header: checkSummaryHtml(result), main, steppers });
}
