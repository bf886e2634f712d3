import type { BenchCell, PhaseName } from '../../bench/bench-config.ts';
import { countText } from '../count-text.ts';
import { groupBy } from '../group-by.ts';
import { roundDurationText } from '../number-text.ts';

/** What cells of a document differ in: the rest need not be said of each. */
export interface CellDimensions {
  readonly vcpus: boolean;
  /** Whether some have aging and others have not, and whether there is more than one way of it. */
  readonly aging: 'same' | 'with and without' | 'several ways';
  /** Phases in which faults differ in their work. */
  readonly faultWork: ReadonlySet<PhaseName>;
}

export function cellDimensions(cells: readonly BenchCell[]): CellDimensions {
  const agings = new Set(cells.map(({ aging }) => aging));
  const ways = [...agings].filter((aging) => aging !== 'none').length;
  const phases = groupBy(cells, ({ phase }) => phase);
  return {
    vcpus: new Set(cells.map(({ vcpus }) => vcpus)).size > 1,
    aging: agings.size === 1 ? 'same' : ways > 1 ? 'several ways' : 'with and without',
    faultWork: new Set(
      [...phases.values()]
        .filter((ofPhase) => new Set(ofPhase.map(({ faultWorkNs }) => faultWorkNs)).size > 1)
        .flatMap(([cell]) => cell?.phase ?? []),
    ),
  };
}

/** A cell without its phase: `2 vCPUs · aging · faults +2 µs`. */
export function cellText(cell: BenchCell, dimensions: CellDimensions): string {
  const parts = [
    ...(dimensions.vcpus ? [countText(cell.vcpus, 'vCPU')] : []),
    ...agingText(cell, dimensions),
    ...faultWorkText(cell, dimensions),
  ];
  return parts.length === 0 ? countText(cell.vcpus, 'vCPU') : parts.join(' · ');
}

function agingText({ aging }: Pick<BenchCell, 'aging'>, dimensions: CellDimensions): string[] {
  if (dimensions.aging === 'same') return [];
  if (aging === 'none') return ['no aging'];
  return [dimensions.aging === 'several ways' ? `${aging} aging` : 'aging'];
}

function faultWorkText(
  { phase, faultWorkNs }: Pick<BenchCell, 'phase' | 'faultWorkNs'>,
  dimensions: CellDimensions,
): string[] {
  if (!dimensions.faultWork.has(phase)) return [];
  return [faultWorkNs === 0 ? 'bare faults' : `faults +${roundDurationText(faultWorkNs)}`];
}

/** Cells with any number of vCPUs: `populate · aging · faults +2 µs`. */
export function cellsText(
  cells: Pick<BenchCell, 'phase' | 'aging' | 'faultWorkNs'>,
  dimensions: CellDimensions,
): string {
  return [cells.phase, ...agingText(cells, dimensions), ...faultWorkText(cells, dimensions)].join(' · ');
}

export function groupByCell<Item extends BenchCell>(items: readonly Item[]): Map<string, Item[]> {
  return groupBy(items, ({ phase, vcpus, aging, faultWorkNs }) => JSON.stringify([phase, vcpus, aging, faultWorkNs]));
}

/** The cell that is shown where there is room for one: the first phase that has aging, with as many vCPUs as are foremost. */
export function foremostCell<Item extends BenchCell>(items: readonly Item[], foremostVcpus: number): Item | undefined {
  const aged = items.filter(({ aging }) => aging !== 'none');
  return aged.find(({ vcpus }) => vcpus === foremostVcpus) ?? items[0];
}
