import type { ExplorationResult } from '../explore/explore.ts';
import type { NamedExploration } from '../explore/explore-task.ts';
import { formatTable } from '../shared/text-table.ts';
import { withSeparators } from './number-text.ts';

const OUTCOMES_SHOWN = 20;

/** Explorations as a person reads them. */
export function explorationsText(explorations: readonly NamedExploration[]): string {
  return explorations.map(explorationText).join('\n');
}

function explorationText({ name, result }: NamedExploration): string {
  const { verdict, complete, cut, model, states, transitions, violations } = result;
  const extent = complete ? 'complete' : `incomplete: ${cut}`;
  const parts = [
    `${name}: ${verdict}, ${extent} (model ${model}; ${withSeparators(states)} states, ${withSeparators(transitions)} transitions, ${interleavingsOf(result)} interleavings)`,
    outcomes(result),
    ...violations.map(({ text }) => text),
    ...deadlocks(result),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function interleavingsOf({ interleavings, complete }: ExplorationResult<string>): string {
  if (interleavings !== null) return interleavings.toLocaleString('en-US');
  return complete ? 'infinitely many' : 'an unknown number of';
}

function outcomes({ outcomes }: ExplorationResult<string>): string {
  if (outcomes.length === 0) return '';
  const rows = outcomes
    .slice(0, OUTCOMES_SHOWN)
    .map(({ values, memory, interleavings, minPreemptions }) => [
      JSON.stringify(values),
      JSON.stringify(memory),
      interleavings?.toLocaleString('en-US') ?? '-',
      minPreemptions === null ? '-' : String(minPreemptions),
    ]);
  const rest = outcomes.length - rows.length;
  const more = rest > 0 ? `\n… and ${withSeparators(rest)} more outcomes` : '';
  return formatTable([['returned', 'memory', 'interleavings', 'fewest preemptions'], ...rows], [2, 3]) + more;
}

function deadlocks({ deadlocks, canAlwaysFinish }: ExplorationResult<string>): string[] {
  const lines = deadlocks.map(({ waiting }) => `deadlock: ${JSON.stringify(waiting)}`);
  if (canAlwaysFinish === false) lines.push('not every thread can always still finish');
  return lines.length === 0 ? [] : [lines.join('\n')];
}
