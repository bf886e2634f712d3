import type { CheckStep } from '../check/check-result.ts';
import { countText } from './count-text.ts';
import { changesWord, isLock } from './step-text.ts';

/** Words that are named; the rest is `…`. */
const NAMED = 3;

/** Steps that are left out: `… 7 steps: reads tdpMmuRoots, table #1.invalid; takes and releases mmuLock.cnts`. */
export function foldedStepsText(steps: readonly CheckStep[]): string {
  const locks = steps.filter((step) => changesWord(step) && isLock(step.word));
  const changes = steps.filter((step) => changesWord(step) && !isLock(step.word));
  const reads = steps.filter((step) => !changesWord(step));
  const parts = [
    names('reads', reads),
    names(locks.length > 1 ? 'takes, releases' : 'takes or releases', locks),
    names('changes', changes),
  ];
  const told = parts.filter((part) => part !== '').join('; ');
  return `… ${countText(steps.length, 'step')}${told === '' ? '' : `: ${told}`}`;
}

function names(verb: string, steps: readonly CheckStep[]): string {
  if (steps.length === 0) return '';
  const words = [...new Set(steps.map(({ word }) => word))].filter((word) => word !== '');
  if (words.length === 0) return '';
  return `${verb} ${words.slice(0, NAMED).join(', ')}${words.length > NAMED ? ' …' : ''}`;
}
