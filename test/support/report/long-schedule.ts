import type { CheckStep, CheckViolation } from '../../../src/check/check-result.ts';
import { lostAccess } from './sample-check.ts';
import { sampleStep } from './sample-steps.ts';

/** Two threads that take turns, each for as many reads as told, and change an SPTE in each turn. */
export function longViolation(turns: number, readsPerTurn: number): CheckViolation {
  const schedule = Array.from({ length: turns }, (_, turn) => turnOf(turn, readsPerTurn)).flat();
  return { ...lostAccess, schedule, pointOfNoReturn: schedule.length - 2, passing: null };
}

function turnOf(turn: number, reads: number): CheckStep[] {
  const thread = turn % 2 === 0 ? 'mm' : 'vcpu0';
  const operation = turn % 2 === 0 ? 'clearYoung 0..99' : 'read 0';
  const values = turn % 2 === 0 ? (['1:PWADM', '1:PWaDM'] as const) : (['1:PWaDM', '1:PWADM'] as const);
  const steps = [
    ...Array.from({ length: reads }, (_, index) => sampleStep(thread, operation, 'load', `word[${index}]`, '0')),
    sampleStep(thread, operation, 'fetchAnd', 'spte[gfn 0]', values),
    sampleStep(thread, operation, 'load', 'tdpMmuRoots', 'table #1'),
  ];
  return steps.map((step, index) => (index === 0 && turn > 0 ? { ...step, switched: 'preempted' } : step));
}
