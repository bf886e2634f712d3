import type { CheckStep } from '../check/check-result.ts';
import { type Detail, foldableSteps } from './fold-schedule.ts';

/** What a person reads of a schedule, one after another. Steps are counted from 0. */
export type ScheduleLine =
  /** A switch of threads, and why. */
  | { readonly kind: 'switch'; readonly text: string }
  /** An operation of the scenario begins. */
  | { readonly kind: 'operation'; readonly thread: string; readonly operation: string }
  | { readonly kind: 'step'; readonly index: number; readonly step: CheckStep }
  /** Steps of one thread that are left out. */
  | { readonly kind: 'fold'; readonly index: number; readonly thread: string; readonly steps: readonly CheckStep[] }
  | { readonly kind: 'no-return' }
  /** Lines that are left out although they matter. */
  | { readonly kind: 'cut'; readonly lines: number };

/** Told first, of a schedule that is too long however it is folded. */
const LINES_BEFORE_CUT = 8;

/** A schedule in at most `room` lines: as much of it as there is room for. */
export function scheduleLines(
  schedule: readonly CheckStep[],
  pointOfNoReturn: number | null,
  room = Number.POSITIVE_INFINITY,
): readonly ScheduleLine[] {
  const details: readonly Detail[] = ['all', 'changes', 'essential'];
  let lines: readonly ScheduleLine[] = [];
  for (const detail of details) {
    lines = linesOf(schedule, pointOfNoReturn, detail);
    if (lines.length <= room) return lines;
  }
  const lastLines = room - LINES_BEFORE_CUT - 1;
  const cut: ScheduleLine = { kind: 'cut', lines: lines.length - LINES_BEFORE_CUT - lastLines };
  return [...lines.slice(0, LINES_BEFORE_CUT), cut, ...lines.slice(-lastLines)];
}

function linesOf(schedule: readonly CheckStep[], pointOfNoReturn: number | null, detail: Detail): ScheduleLine[] {
  const foldable = foldableSteps(schedule, pointOfNoReturn, detail);
  const operations = new Map<string, string>();
  const lines: ScheduleLine[] = [];
  let folded: CheckStep[] = [];
  const closeFold = (end: number): void => {
    const [first] = folded;
    const index = end - folded.length;
    // A line that tells of one step is no shorter than the step.
    if (first !== undefined && folded.length === 1) lines.push({ kind: 'step', index, step: first });
    else if (first !== undefined) lines.push({ kind: 'fold', index, thread: first.thread, steps: folded });
    folded = [];
  };
  schedule.forEach((step, index) => {
    const begins = operations.get(step.thread) !== step.operation;
    if (begins || step.switched !== null || !foldable[index]) closeFold(index);
    if (step.switched !== null) {
      lines.push({ kind: 'switch', text: switchText(schedule[index - 1]?.thread, step, !begins) });
    }
    if (begins) lines.push({ kind: 'operation', thread: step.thread, operation: step.operation });
    operations.set(step.thread, step.operation);
    if (foldable[index]) folded.push(step);
    else lines.push({ kind: 'step', index, step });
    // Behind the last step nothing is left to choose.
    if (index === pointOfNoReturn && index < schedule.length - 1) lines.push({ kind: 'no-return' });
  });
  closeFold(schedule.length);
  return lines;
}

function switchText(previous: string | undefined, { thread, switched }: CheckStep, goesOn: boolean): string {
  const why = switched === 'preempted' ? 'is preempted' : switched === 'blocked' ? 'waits' : 'has ended';
  return `${previous ?? 'nobody'} ${why}, ${thread} ${goesOn ? 'goes on' : 'runs'}`;
}
