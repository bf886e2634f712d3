import type { CheckedScenario, CheckViolation } from '../check/check-result.ts';
import { groupBy } from './group-by.ts';
import { SPTE_LEGEND, spteParts } from './named-bits.ts';
import type { Paint } from './paint.ts';
import { scheduleLines } from './schedule-lines.ts';
import { scheduleText } from './schedule-text.ts';
import { variantLabel } from './variant-label.ts';
import {
  minimalityText,
  noReturnText,
  passingText,
  propertySentence,
  replayCommand,
  violationName,
} from './violation-text.ts';

/** Lines of a counterexample in front of the sentences that close it: with them it has about 40. */
const LINES = 33;

/** The stories of a scenario's forbidden violations; those that one schedule shows are one. */
export function checkCounterexampleTexts(scenario: CheckedScenario, paint: Paint): readonly string[] {
  const forbidden = scenario.violations.filter((violation) => violation.class === 'forbidden');
  const bySchedule = groupBy(forbidden, ({ schedule }) => JSON.stringify(schedule));
  return [...bySchedule.values()].map((violations) => counterexampleText(scenario, violations, paint));
}

/** The story of violations with the same schedule, for a reader who knows KVM and not this project. */
function counterexampleText(scenario: CheckedScenario, violations: readonly CheckViolation[], paint: Paint): string {
  const violation = violations[0] as CheckViolation;
  const { schedule, pointOfNoReturn } = violation;
  const sentences = violations.map(propertySentence).filter((sentence) => sentence !== '');
  const lines = [
    `${paint('red', violations.map(violationName).join('; '))}  ${scenario.scenario} under ${variantLabel(scenario)} (memory model ${scenario.model})`,
    ...(scenario.description === '' ? [] : [`  scenario: ${scenario.description}`]),
    ...(scenario.broken === null ? [] : [`  mutant:   ${scenario.broken}`]),
    ...(scenario.setup.length === 0 ? [] : [`  before:   ${scenario.setup.join('; ')}`]),
    ...sentences.map((sentence) => `  property: ${sentence}`),
    ...(scenario.expectation === 'met' ? ['  expected: the scenario file says that this variant violates it'] : []),
    '',
  ];
  if (schedule.length > 0) {
    const room = LINES - lines.length - violations.length;
    lines.push(...scheduleText(schedule, scheduleLines(schedule, pointOfNoReturn, room), paint));
  }
  for (const { message } of violations) lines.push(`${paint('red', '=> violated:')} ${message}`);
  if (hasSpteText(violation)) lines.push(`   (${SPTE_LEGEND})`);
  const closing = [
    minimalityText(violation),
    noReturnText(violation),
    passingText(violation),
    replayLine(scenario, violation),
  ].filter((text) => text !== '');
  return [...lines, '', ...closing].join('\n');
}

function replayLine(scenario: CheckedScenario, violation: CheckViolation): string {
  const command = replayCommand(violation, scenario);
  return command === '' ? '' : `Replay: ${command}`;
}

function hasSpteText({ schedule }: CheckViolation): boolean {
  return schedule.some(({ before, after }) => [before, after].some((value) => value && spteParts(value.text) !== null));
}
