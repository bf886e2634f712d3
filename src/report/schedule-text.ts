import type { CheckStep } from '../check/check-result.ts';
import { foldedStepsText } from './folded-steps-text.ts';
import type { Paint } from './paint.ts';
import type { ScheduleLine } from './schedule-lines.ts';
import { stepNote, stepText } from './step-text.ts';

/** Of all columns but the last together: text may run on to the right, since only one thread acts in a line. */
const COLUMNS_WIDTH = 88;
const MIN_COLUMN = 20;
const GAP = 2;
/** A note that would make a line longer stands in a line of its own. */
const LINE_WIDTH = 118;

/** Threads in the order in which they appear. */
export function threadsOf(schedule: readonly CheckStep[]): readonly string[] {
  return [...new Set(schedule.map(({ thread }) => thread))];
}

/** A schedule in columns, one a thread. */
export function scheduleText(
  schedule: readonly CheckStep[],
  lines: readonly ScheduleLine[],
  paint: Paint,
): readonly string[] {
  const threads = threadsOf(schedule);
  const numberWidth = String(schedule.length).length;
  const columns = columnStarts(threads, lines);
  const at = (thread: string): number => columns[threads.indexOf(thread)] ?? 0;
  const margin = ' '.repeat(numberWidth + GAP);
  const heads = threads.reduce((text, thread) => text.padEnd(at(thread)) + thread, '');
  const told = lines.flatMap((line): string[] => {
    switch (line.kind) {
      case 'switch':
        return [`${margin}---- ${line.text} ----`];
      case 'no-return':
        return [margin + paint('yellow', '==== point of no return ====')];
      case 'cut':
        return [`${margin}… ${line.lines} lines are left out: the replay shows every step`];
      case 'operation':
        return [margin + ' '.repeat(at(line.thread)) + paint('bold', `${line.operation}:`)];
      case 'fold':
        return [`${margin}${' '.repeat(at(line.thread) + GAP)}${foldedStepsText(line.steps)}`];
      case 'step':
        return stepLines(line.step, line.index, numberWidth, at(line.step.thread), paint);
      default:
        return line satisfies never;
    }
  });
  return [paint('bold', `${'#'.padStart(numberWidth)}${' '.repeat(GAP)}${heads}`), ...told];
}

function stepLines(step: CheckStep, index: number, numberWidth: number, column: number, paint: Paint): string[] {
  const indent = ' '.repeat(GAP + column + GAP);
  const text = `${String(index + 1).padStart(numberWidth)}${indent}${stepText(step)}`;
  const told = stepNote(step);
  if (told === null) return [text];
  const note = paint('yellow', `<- ${told}`);
  if (text.length + told.length + 5 <= LINE_WIDTH) return [`${text}  ${note}`];
  return [text, `${' '.repeat(numberWidth)}${indent}${note}`];
}

function columnStarts(threads: readonly string[], lines: readonly ScheduleLine[]): readonly number[] {
  const widest = Math.max(MIN_COLUMN, Math.floor(COLUMNS_WIDTH / Math.max(1, threads.length)));
  let start = 0;
  return threads.map((thread) => {
    const here = start;
    const lengths = lines.map((line) =>
      line.kind === 'step' && line.step.thread === thread ? stepText(line.step).length : 0,
    );
    start += Math.max(thread.length + GAP, Math.min(widest, 2 * GAP + Math.max(MIN_COLUMN, ...lengths)));
    return here;
  });
}
