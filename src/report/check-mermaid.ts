import type { CheckedScenario, CheckResult, CheckViolation } from '../check/check-result.ts';
import { violationDiagram } from './mermaid-diagram.ts';
import { variantLabel } from './variant-label.ts';
import { violationName } from './violation-text.ts';
import { withVisibleText } from './visible-text.ts';

/**
 * The first forbidden violation of each result as a sequence diagram. One diagram is a Mermaid file; several are a Markdown
 * file with a diagram a section, since a Mermaid file holds one.
 */
export function checkMermaid(checked: CheckResult): string {
  const { results } = withVisibleText(checked);
  const found = results.flatMap((scenario): [CheckedScenario, CheckViolation][] => {
    const violation = scenario.violations.find((candidate) => candidate.class === 'forbidden');
    return violation === undefined ? [] : [[scenario, violation]];
  });
  const [first] = found;
  if (first === undefined) return nothingViolated(results.length);
  if (found.length === 1) return violationDiagram(...first);
  return found.map((pair) => `## ${title(...pair)}\n\n\`\`\`mermaid\n${violationDiagram(...pair)}\`\`\`\n`).join('\n');
}

/** Nothing of it means anything to Markdown. */
function title(scenario: CheckedScenario, violation: CheckViolation): string {
  const text = `${scenario.scenario} under ${variantLabel(scenario)}: ${violationName(violation)}`;
  return text.replace(/[\\`*_[\]<>#&|~]/g, '\\$&');
}

function nothingViolated(results: number): string {
  const text = results === 0 ? 'no scenario was explored' : 'no forbidden violation';
  return `sequenceDiagram\n  participant checker\n  Note over checker: ${text}\n`;
}
