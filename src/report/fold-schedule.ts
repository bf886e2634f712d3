import type { CheckStep } from '../check/check-result.ts';
import { changesWord, isFailedExchange, isLock, isSpte } from './step-text.ts';

/** How much of a schedule is told: every step; without steps that change nothing; only what must be told. */
export type Detail = 'all' | 'changes' | 'essential';

/** Of each step, whether it may be left out. */
export function foldableSteps(
  schedule: readonly CheckStep[],
  pointOfNoReturn: number | null,
  detail: Detail,
): readonly boolean[] {
  if (detail === 'all') return schedule.map(() => false);
  const contended = contendedWords(schedule);
  return schedule.map((step, index) => {
    const nextToSwitch = step.switched !== null || (schedule[index + 1]?.switched ?? null) !== null;
    const told = nextToSwitch || index === schedule.length - 1 || index === pointOfNoReturn || step.note !== null;
    if (told || (changesWord(step) && isSpte(step.word))) return false;
    return detail === 'essential' || isIdle(step, contended);
  });
}

/** Whether the step changes nothing, or takes or releases a lock that nobody else wants meanwhile. */
export function isIdle(step: CheckStep, contended: ReadonlySet<string>): boolean {
  if (isLock(step.word)) return !contended.has(step.word);
  return !changesWord(step) && !isFailedExchange(step);
}

/** Locks that a thread waits for, or fails to take. */
export function contendedWords(schedule: readonly CheckStep[]): ReadonlySet<string> {
  const words = new Set<string>();
  schedule.forEach((step, index) => {
    if (isFailedExchange(step)) words.add(step.word);
    if (step.switched !== 'blocked') return;
    const waiting = schedule[index - 1]?.thread;
    const resumed = schedule.slice(index).find(({ thread }) => thread === waiting);
    if (resumed !== undefined) words.add(resumed.word);
  });
  return words;
}
