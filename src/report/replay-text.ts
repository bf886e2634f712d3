import type { CheckStep } from '../check/check-result.ts';
import type { ReplayedScenario } from '../check/replay-scenario.ts';
import { formatTable } from '../shared/text-table.ts';

/** A replay as text: one line a step, and what was violated on the way. */
export function replayText({ scenario, variant, mutant, steps, breaches }: ReplayedScenario): string {
  const head = `replay of ${scenario} under ${variant}${mutant === null ? '' : ` + ${mutant}`}, ${steps.length} steps`;
  const rows = steps.map((step, index) => [
    String(index + 1),
    step.thread,
    step.operation,
    `${step.op} ${step.word}`.trim(),
    changeText(step),
    step.note ?? '',
  ]);
  const found = breaches.map(({ property, class: kind, reason, message }) =>
    kind === 'forbidden' ? `violated: ${property}: ${message}` : `tolerated: ${property} (${reason}): ${message}`,
  );
  const table = formatTable([['#', 'thread', 'operation', 'step', 'value', 'observed'], ...rows]);
  return `${head}\n\n${table}\n\n${found.length === 0 ? 'nothing is violated on the way' : found.join('\n')}\n`;
}

function changeText({ before, after }: CheckStep): string {
  if (before === null || after === null) return '';
  return before.value === after.value ? before.text : `${before.text} -> ${after.text}`;
}
