import type { CheckStep } from '../../check/check-result.ts';
import { contendedWords, isIdle } from '../fold-schedule.ts';
import { type ScheduleLine, scheduleLines } from '../schedule-lines.ts';
import { threadsOf } from '../schedule-text.ts';
import { changesWord, isNote, stepText } from '../step-text.ts';
import { escapeHtml } from './escape-html.ts';

export interface ScheduleOptions {
  readonly caption: string;
  readonly pointOfNoReturn: number | null;
  /** Columns from left to right: the same in schedules side by side. */
  readonly threads: readonly string[];
  /** Index of the step in which this schedule goes another way than the one beside it. */
  readonly differsAt: number | null;
}

/** A schedule as a table, a column each thread and a row each step. */
export function scheduleHtml(schedule: readonly CheckStep[], options: ScheduleOptions): string {
  const { caption, pointOfNoReturn, threads } = options;
  const contended = contendedWords(schedule);
  const heads = threads.map((thread) => `<th scope="col">${escapeHtml(thread)}</th>`).join('');
  const rows = scheduleLines(schedule, pointOfNoReturn).map((line) => rowHtml(line, contended, options));
  return `<table class="schedule"><caption>${escapeHtml(caption)}</caption>
${columnWidths(threads.length)}
<thead><tr><th scope="col">#</th>${heads}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table>`;
}

/** The last column has nothing to its right that its text could run into, and is wider. */
function columnWidths(threads: number): string {
  const share = Math.round(100 / (threads + 0.7));
  return `<colgroup><col class="numbers">${`<col style="width: ${share}%">`.repeat(threads - 1)}<col></colgroup>`;
}

/** Threads of schedules that stand side by side. */
export function threadsOfAll(...schedules: readonly (readonly CheckStep[])[]): readonly string[] {
  return threadsOf(schedules.flat());
}

function rowHtml(line: ScheduleLine, contended: ReadonlySet<string>, options: ScheduleOptions): string {
  const { threads, differsAt } = options;
  switch (line.kind) {
    case 'switch':
      return spanning('switch', line.text, threads.length);
    case 'no-return':
      return spanning('no-return', 'point of no return: from here on every schedule violates this', threads.length);
    case 'operation':
      return `<tr class="operation"><td></td>${cells(threads, line.thread, escapeHtml(line.operation))}</tr>`;
    case 'step': {
      const { step, index } = line;
      const classes = ['step'];
      if (changesWord(step)) classes.push('changes');
      else if (step.note === null && isIdle(step, contended)) classes.push('idle');
      if (differsAt !== null && index < differsAt) classes.push('common');
      const differs = index === differsAt ? '<span class="differs">differs here</span>' : '';
      const note = step.note === null ? '' : `<span class="note">${escapeHtml(step.note)}</span>`;
      const code = isNote(step) && note !== '' ? '' : `<code>${escapeHtml(stepText(step))}</code>`;
      const text = differs + code + note;
      return `<tr class="${classes.join(' ')}" data-step="${index}"><td class="index">${index + 1}</td>${cells(threads, step.thread, text)}</tr>`;
    }
    // Nothing is left out here: the schedule scrolls.
    case 'fold':
    case 'cut':
      return '';
    default:
      return line satisfies never;
  }
}

function spanning(name: string, text: string, threads: number): string {
  return `<tr class="${name}"><td></td><td class="wide" colspan="${threads}">${escapeHtml(text)}</td></tr>`;
}

/** The cell runs on to the right, over the columns of threads that do nothing meanwhile. */
function cells(threads: readonly string[], thread: string, html: string): string {
  const lane = Math.max(0, threads.indexOf(thread));
  const before = '<td class="empty"></td>'.repeat(lane);
  const place = `class="lane lane-${lane % 4}" colspan="${threads.length - lane}"`;
  return `${before}<td ${place} data-thread="${escapeHtml(thread)}">${html}</td>`;
}
