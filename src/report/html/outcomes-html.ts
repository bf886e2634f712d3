import type { CheckedScenario } from '../../check/check-result.ts';
import { outcomeThreads } from '../check-outcomes-text.ts';
import { interleavingsText } from '../interleavings-text.ts';
import { escapeHtml } from './escape-html.ts';
import { htmlTable } from './html-table.ts';

/** What the threads' operations returned together, with exact counts. */
export function outcomesHtml(scenario: CheckedScenario): string {
  if (scenario.outcomes.length === 0) return '<p>No schedule was seen to end.</p>';
  const threads = outcomeThreads(scenario);
  const rows = scenario.outcomes.map(({ results, interleavings, minPreemptions }) => [
    ...threads.map((thread) => escapeHtml(results[thread]?.join('; ') || '–')),
    escapeHtml(interleavingsText(interleavings, '–')),
    minPreemptions === null ? '–' : String(minPreemptions),
  ]);
  const head = [...threads.map(escapeHtml), 'interleavings', 'fewest preemptions'];
  return htmlTable(head, rows, [threads.length, threads.length + 1]);
}
