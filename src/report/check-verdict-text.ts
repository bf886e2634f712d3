import type { CheckedScenario } from '../check/check-result.ts';
import { countText } from './count-text.ts';

/** `HOLDS, complete`, `VIOLATED`, `UNKNOWN (5,000 states)`. */
export function verdictText({ verdict, complete, cut }: CheckedScenario): string {
  switch (verdict) {
    case 'holds':
      return complete ? 'HOLDS, complete' : `HOLDS, incomplete${cut === null ? '' : ` (${cut})`}`;
    case 'violated':
      return 'VIOLATED';
    case 'unknown':
      return `UNKNOWN${cut === null ? '' : ` (${cut})`}`;
    default:
      return verdict satisfies never;
  }
}

/** `complete`, or why it is not. */
export function extentText({ complete, cut }: CheckedScenario): string {
  return complete ? 'yes' : `no: ${cut ?? 'cut short'}`;
}

/** Whether it is what the scenario file says; empty if the file says nothing of the variant. */
export function expectationText({ expectation, expected, verdict }: CheckedScenario): string {
  switch (expectation) {
    case 'met':
      return verdict === 'violated' ? 'as expected: the scenario file says violated' : 'as expected';
    case 'unmet':
      return `NOT as expected${expected === null ? '' : `: the scenario file says ${expected}`}`;
    case 'none':
      return '';
    default:
      return expectation satisfies never;
  }
}

/** Names of the properties violated, and deadlocks. */
export function violatedText({ violations, deadlocks }: CheckedScenario): string {
  const forbidden = violations.filter((violation) => violation.class === 'forbidden');
  const names = [...new Set(forbidden.map(({ property }) => property))];
  if (deadlocks > 0) names.push(countText(deadlocks, 'deadlock'));
  return names.join(', ');
}
