import type { BenchCell } from '../../bench/bench-config.ts';
import { countText } from '../count-text.ts';
import { groupBy } from '../group-by.ts';
import { durationText } from '../number-text.ts';

/** What cells of a document differ in: the rest need not be said of each. */
export interface CellDimensions {
  readonly vcpus: boolean;
  readonly aging: boolean;
  readonly faultWorkNs: boolean;
}

export function cellDimensions(cells: readonly BenchCell[]): CellDimensions {
  const varies = (key: keyof CellDimensions): boolean => new Set(cells.map((cell) => cell[key])).size > 1;
  return { vcpus: varies('vcpus'), aging: varies('aging'), faultWorkNs: varies('faultWorkNs') };
}

/** A cell without its phase: `2 vCPUs · continuous aging · faults +2.00 µs`. */
export function cellText(cell: BenchCell, { vcpus, aging, faultWorkNs }: CellDimensions): string {
  const parts = [
    ...(vcpus ? [countText(cell.vcpus, 'vCPU')] : []),
    ...(aging ? [cell.aging === 'none' ? 'no aging' : `${cell.aging} aging`] : []),
    ...(faultWorkNs && cell.faultWorkNs > 0 ? [`faults +${durationText(cell.faultWorkNs)}`] : []),
  ];
  return parts.length === 0 ? countText(cell.vcpus, 'vCPU') : parts.join(' · ');
}

export function groupByCell<Item extends BenchCell>(items: readonly Item[]): Map<string, Item[]> {
  return groupBy(items, ({ phase, vcpus, aging, faultWorkNs }) => JSON.stringify([phase, vcpus, aging, faultWorkNs]));
}

/** The cell that is shown where there is room for one: the first phase that has aging, with the most vCPUs. */
export function foremostCell<Item extends BenchCell>(items: readonly Item[]): Item | undefined {
  const aged = items.filter(({ aging }) => aging !== 'none');
  const most = Math.max(...aged.map(({ vcpus }) => vcpus));
  return aged.find(({ vcpus }) => vcpus === most) ?? items[0];
}
