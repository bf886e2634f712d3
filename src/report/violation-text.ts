import type { CheckedScenario, CheckStep, CheckViolation } from '../check/check-result.ts';
import { propertyText, reasonText } from '../shared/property.ts';
import { countText } from './count-text.ts';
import { shellWord } from './shell-word.ts';
import { stepText } from './step-text.ts';

/** The property in one sentence; empty of a property that has none. */
export function propertySentence({ property }: CheckViolation): string {
  return textOf(propertyText, property);
}

/** `access-lost, page 3`. */
export function violationName({ property, page }: CheckViolation): string {
  return page === null ? property : `${property}, page ${page}`;
}

/** One line of a violation that the kernel's documented exceptions excuse. */
export function toleratedText(violation: CheckViolation): string {
  const { property, reason, page } = violation;
  const sentence = reason === null ? '' : textOf(reasonText, reason);
  const why = reason === null ? '' : `: ${reason}${sentence === '' ? '' : ` (${sentence})`}`;
  return `tolerated ${violationName({ ...violation, property, page })}${why}`;
}

function textOf(texts: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(texts, key) ? (texts[key] ?? '') : '';
}

/** How few preemptions do it, and whether that is proven. */
export function minimalityText({ preemptions, provenMinimal, schedule }: CheckViolation): string {
  const steps = countText(schedule.length, 'step');
  if (preemptions === null) return `${steps}; whether a simpler schedule violates this was not worked out.`;
  const extent = `${countText(preemptions, 'preemption')}, ${steps}`;
  if (!provenMinimal) return `${extent}. Not proven minimal: a schedule with fewer preemptions may violate this, too.`;
  if (preemptions === 0) return `${extent}. Minimal (proven): it needs no preemption, and no shorter schedule does it.`;
  return `${extent}. Minimal (proven): no schedule with fewer preemptions violates this.`;
}

/** Empty if it was not worked out, or if it is the last step, behind which nothing is left to choose. */
export function noReturnText({ pointOfNoReturn, schedule }: CheckViolation): string {
  if (pointOfNoReturn === null || pointOfNoReturn === schedule.length - 1) return '';
  const step = schedule[pointOfNoReturn];
  if (step === undefined) return '';
  return `Point of no return: step ${pointOfNoReturn + 1} of ${step.thread}. From there on every schedule violates this.`;
}

/** Steps that a violating and a passing schedule have in common. */
export function commonSteps(schedule: readonly CheckStep[], passing: readonly CheckStep[]): number {
  const differs = schedule.findIndex((step, index) => !isSameStep(step, passing[index]));
  return differs === -1 ? schedule.length : differs;
}

function isSameStep(one: CheckStep, other: CheckStep | undefined): boolean {
  return (
    one.thread === other?.thread &&
    one.op === other.op &&
    one.word === other.word &&
    one.result === other.result &&
    one.after?.value === other.after?.value
  );
}

/** Where the nearest schedule that violates nothing differs; empty if there is none. */
export function passingText({ schedule, passing }: CheckViolation): string {
  if (passing === null) return '';
  const common = commonSteps(schedule, passing);
  const same = common === 0 ? 'differs from the beginning' : `is the same up to step ${common}`;
  const step = passing[common];
  const here = schedule[common];
  const head = `The nearest schedule that violates nothing ${same}`;
  if (step === undefined) return `${head}, and ends there.`;
  const other = here !== undefined && here.thread !== step.thread ? ` goes before ${here.thread}` : ' does';
  return `${head}; then ${step.thread}${other}:\n  ${stepText(step)}`;
}

/** The command that runs the schedule again; empty if there is none. */
export function replayCommand({ replay }: CheckViolation, { file }: CheckedScenario): string {
  if (replay === null) return '';
  const scenario = file === null ? '' : ` --scenario ${shellWord(file)}`;
  return `pte-aging replay ${shellWord(replay)}${scenario}`;
}
