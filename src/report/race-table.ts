import type { RacedVariant } from '../run/race-result.ts';
import { interleavingsText } from './interleavings-text.ts';
import { withSeparators } from './number-text.ts';
import type { Table } from './table.ts';

/** Every outcome that the explorer knows, and those that were seen besides, with how often each was seen. */
export function raceTable({ outcomes, unexplained }: RacedVariant): Table {
  const threads = [...new Set([...outcomes, ...unexplained].flatMap(({ results }) => Object.keys(results)))];
  const cells = (results: Readonly<Record<string, readonly string[]>>): string[] =>
    threads.map((thread) => results[thread]?.join('; ') || '-');
  const rows = [
    ...outcomes.map(({ results, interleavings, minPreemptions, seen }) => [
      ...cells(results),
      interleavingsText(interleavings, '-'),
      minPreemptions === null ? '-' : String(minPreemptions),
      withSeparators(seen),
    ]),
    ...unexplained.map(({ results, seen }) => [...cells(results), 'NONE', '-', withSeparators(seen)]),
  ];
  const head = [...threads, 'interleavings', 'fewest preemptions', 'seen'];
  const numbers = [threads.length, threads.length + 1, threads.length + 2];
  return { head, rows, numbers };
}
