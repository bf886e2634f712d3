import type { BenchCell } from '../bench/bench-config.ts';
import type { BenchCost, BenchRatio, BenchRow, RatioMetric } from './bench-result.ts';
import { estimateMedian } from './estimate.ts';

/** A time of a row, or null if it has none. */
type Time = (row: BenchRow) => number | null;

const times: Readonly<Record<RatioMetric, Time>> = {
  vcpuWall: ({ vcpuWallNs }) => vcpuWallNs,
  agingPass: ({ agingPassNs }) => agingPassNs,
};

/** Every pair of variants in every cell: the first one's time over the second one's, each repeat by itself. */
export function benchRatios(rows: readonly BenchRow[]): readonly BenchRatio[] {
  return byCell(rows).flatMap(({ cell, of }) => {
    const variants = [...of.keys()];
    return (Object.keys(times) as RatioMetric[]).flatMap((metric) =>
      variants.flatMap((first, index) =>
        variants.slice(index + 1).flatMap((second): BenchRatio[] => {
          const ratios = pairedRatios(of.get(first) ?? [], of.get(second) ?? [], times[metric], times[metric]);
          if (ratios.length === 0) return [];
          return [{ metric, ...cell, variants: [first, second], ...estimateMedian(ratios) }];
        }),
      ),
    );
  });
}

/** The vCPUs' time with aging over that without, for each variant. */
export function benchSlowdowns(rows: readonly BenchRow[]): readonly BenchCost[] {
  const cells = byCell(rows);
  return cells.flatMap(({ cell, of }) => {
    if (cell.aging === 'none') return [];
    const without = cells.find((other) => isSameCell(other.cell, { ...cell, aging: 'none' }))?.of;
    return [...of].flatMap(([variant, own]): BenchCost[] => {
      const ratios = pairedRatios(own, without?.get(variant) ?? [], times.vcpuWall, times.vcpuWall);
      return ratios.length === 0 ? [] : [{ ...cell, variant, ...estimateMedian(ratios) }];
    });
  });
}

/** The vCPUs' time in iterations that record latencies over that in those that do not. */
export function benchOverheads(rows: readonly BenchRow[]): readonly BenchCost[] {
  return byCell(rows).flatMap(({ cell, of }) =>
    [...of].flatMap(([variant, own]): BenchCost[] => {
      const ratios = pairedRatios(own, own, ({ measuredWallNs }) => measuredWallNs, times.vcpuWall);
      return ratios.length === 0 ? [] : [{ ...cell, variant, ...estimateMedian(ratios) }];
    }),
  );
}

export function isSameCell(one: BenchCell, other: BenchCell): boolean {
  return (
    one.vcpus === other.vcpus &&
    one.phase === other.phase &&
    one.aging === other.aging &&
    one.faultWorkNs === other.faultWorkNs
  );
}

interface CellRows {
  readonly cell: BenchCell;
  /** By variant, in the order in which they were asked for. */
  readonly of: Map<string, BenchRow[]>;
}

function byCell(rows: readonly BenchRow[]): readonly CellRows[] {
  const cells: CellRows[] = [];
  for (const row of rows) {
    const { vcpus, phase, aging, faultWorkNs } = row;
    let known = cells.find(({ cell }) => isSameCell(cell, row));
    if (known === undefined) {
      known = { cell: { vcpus, phase, aging, faultWorkNs }, of: new Map() };
      cells.push(known);
    }
    const own = known.of.get(row.variant);
    if (own === undefined) known.of.set(row.variant, [row]);
    else own.push(row);
  }
  return cells;
}

function pairedRatios(ones: readonly BenchRow[], others: readonly BenchRow[], one: Time, other: Time): number[] {
  return ones.flatMap((row) => {
    const partner = others.find(({ repeat }) => repeat === row.repeat);
    const above = one(row);
    const below = partner === undefined ? null : other(partner);
    return above === null || below === null || below === 0 ? [] : [above / below];
  });
}
