import type { RaceDocument, RacedVariant } from '../run/race-result.ts';
import { formatTable } from '../shared/text-table.ts';
import { interleavingsText } from './interleavings-text.ts';
import { withSeparators } from './number-text.ts';
import { variantLabel } from './variant-label.ts';

/** A scenario on real threads beside the explorer: the exact count of each outcome, and how often it was seen. */
export function raceText({ variants, seed, interrupted }: RaceDocument): string {
  const tables = variants.map(variantText);
  const end = interrupted ? 'interrupted: what is shown is of the rounds that were run\n' : '';
  return `${tables.join('\n\n')}\n\n${end}clean means: every outcome that was seen is one that the explorer knows. It is no proof.\nseed ${seed}\n`;
}

function variantText(raced: RacedVariant): string {
  const { outcomes, unexplained, explored, rounds, verdict } = raced;
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
  const found = outcomes.filter(({ seen }) => seen > 0).length;
  return [
    `${explored.scenario} under ${variantLabel(raced)}: ${withSeparators(rounds)} rounds on real threads`,
    formatTable([head, ...rows], numbers),
    `${verdict.toUpperCase()}: ${found} of ${outcomes.length} outcomes seen, ${unexplained.length} that the explorer does not know`,
  ].join('\n');
}
