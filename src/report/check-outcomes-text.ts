import type { CheckedScenario } from '../check/check-result.ts';
import { formatTable } from '../shared/text-table.ts';
import { countText } from './count-text.ts';
import { interleavingsText } from './interleavings-text.ts';
import { variantLabel } from './variant-label.ts';

const OUTCOMES_SHOWN = 20;

/** What the threads' operations returned together, how often, and how easily; empty if no schedule ended. */
export function checkOutcomesText(scenario: CheckedScenario): string {
  const { outcomes } = scenario;
  if (outcomes.length === 0) return '';
  const threads = outcomeThreads(scenario);
  const rows = outcomes
    .slice(0, OUTCOMES_SHOWN)
    .map(({ results, interleavings, minPreemptions }) => [
      ...threads.map((thread) => results[thread]?.join('; ') || '-'),
      interleavingsText(interleavings, '-'),
      minPreemptions === null ? '-' : String(minPreemptions),
    ]);
  const head = [...threads, 'interleavings', 'fewest preemptions'];
  const rest = outcomes.length - rows.length;
  const lines = [
    `outcomes of ${scenario.scenario} under ${variantLabel(scenario)}`,
    formatTable([head, ...rows], [threads.length, threads.length + 1]),
    ...(rest > 0 ? [`… and ${countText(rest, 'more outcome')}`] : []),
  ];
  return lines.join('\n');
}

/** Every thread that returned something in some outcome. */
export function outcomeThreads({ outcomes }: CheckedScenario): readonly string[] {
  return [...new Set(outcomes.flatMap(({ results }) => Object.keys(results)))];
}
