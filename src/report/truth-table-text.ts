import { formatTable } from '../shared/text-table.ts';
import type { TruthTableRow } from '../variants/v3-truth-table.ts';

const HEAD = [
  'variant',
  'call',
  'bitmap',
  'TDP MMU',
  'A/D bits',
  'rmaps',
  'page is in',
  'way it takes',
  'mmu_lock',
  'if young',
  'if old',
  'a clear makes old',
];

/** The truth table of version 3 as a person reads it. */
export function truthTableText(table: readonly TruthTableRow[]): string {
  const yes = (value: boolean): string => (value ? 'yes' : 'no');
  const rows = table.map(
    ({ variant, call, bitmap, tdp, adBits, rmaps, mappedBy, path, lock, young, old, clears }): string[] => [
      ...[variant, call, yes(bitmap), yes(tdp), yes(adBits), yes(rmaps), mappedBy],
      ...[path, lock, young, old, clears],
    ],
  );
  return `What an aging call does in version 3 (rmaps: a shadow root was allocated once, or there is no TDP MMU):\n${formatTable([HEAD, ...rows])}`;
}
