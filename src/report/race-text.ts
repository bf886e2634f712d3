import type { RaceDocument, RacedVariant } from '../run/race-result.ts';
import { withSeparators } from './number-text.ts';
import { raceTable } from './race-table.ts';
import { tableText } from './table.ts';
import { variantLabel } from './variant-label.ts';

/** A scenario on real threads beside the explorer: the exact count of each outcome, and how often it was seen. */
export function raceText({ variants, seed, interrupted }: RaceDocument): string {
  const tables = variants.map(variantText);
  const end = interrupted ? 'interrupted: what is shown is of the rounds that were run\n' : '';
  return `${tables.join('\n\n')}\n\n${end}clean means: every outcome that was seen is one that the explorer knows. It is no proof.\nseed ${seed}\n`;
}

function variantText(raced: RacedVariant): string {
  const { outcomes, unexplained, explored, rounds, verdict } = raced;
  const found = outcomes.filter(({ seen }) => seen > 0).length;
  return [
    `${explored.scenario} under ${variantLabel(raced)}: ${withSeparators(rounds)} rounds on real threads`,
    tableText(raceTable(raced)),
    `${verdict.toUpperCase()}: ${found} of ${outcomes.length} outcomes seen, ${unexplained.length} that the explorer does not know`,
  ].join('\n');
}
