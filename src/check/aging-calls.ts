import type { Scenario, ScenarioOperation } from '../scenario/scenario.ts';

const AGES: ReadonlySet<ScenarioOperation['op']> = new Set([
  'testYoung',
  'clearYoung',
  'clearFlushYoung',
  'damonMkold',
  'lruWalk',
  'lruEvict',
]);
/** Whether an operation ages pages, as which caller of the notifier ever. */
export function isAgingCall(op: ScenarioOperation['op']): boolean {
  return AGES.has(op);
}

/** Indices of the threads that do. */
export function threadsThatAge({ threads }: Scenario): readonly number[] {
  return threads.flatMap(({ operations }, index) => (operations.some(({ op }) => isAgingCall(op)) ? [index] : []));
}
