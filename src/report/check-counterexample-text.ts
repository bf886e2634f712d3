import type { CheckedScenario, CheckViolation } from '../check/check-result.ts';
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

/** Lines of a schedule: with what stands around it, a counterexample has about 40. */
const SCHEDULE_LINES = 27;

/** The story of a forbidden violation, for a reader who knows KVM and not this project. */
export function checkCounterexampleText(scenario: CheckedScenario, violation: CheckViolation, paint: Paint): string {
  const { schedule, pointOfNoReturn, message } = violation;
  const sentence = propertySentence(violation);
  const lines = [
    `${paint('red', violationName(violation))}  ${scenario.scenario} under ${variantLabel(scenario)} (memory model ${scenario.model})`,
    ...(scenario.description === '' ? [] : [`  scenario: ${scenario.description}`]),
    ...(scenario.broken === null ? [] : [`  mutant:   ${scenario.broken}`]),
    ...(scenario.setup.length === 0 ? [] : [`  before:   ${scenario.setup.join('; ')}`]),
    ...(sentence === '' ? [] : [`  property: ${sentence}`]),
    '',
  ];
  if (schedule.length > 0) {
    lines.push(...scheduleText(schedule, scheduleLines(schedule, pointOfNoReturn, SCHEDULE_LINES), paint));
  }
  lines.push(`${paint('red', '=> violated:')} ${message}`);
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
