import { median } from 'simple-statistics';
import type { BenchCell } from '../../bench/bench-config.ts';
import type { BenchResult, BenchRow } from '../../run/bench-result.ts';
import { groupBy } from '../group-by.ts';
import { type PublishedTimes, publishedTimes } from './published-scaling.ts';

/** Times against the number of vCPUs, each over the series' own base. */
export interface ScalingSeries {
  readonly label: string;
  /** What it is of: a variant that was measured here, or the published table. */
  readonly variant: string | null;
  /** Without aging: drawn hollow. */
  readonly isBaseline: boolean;
  readonly points: readonly ScalingPoint[];
}

export interface ScalingPoint {
  readonly vcpus: number;
  /** Over the base, which is the time with the fewest vCPUs. */
  readonly ratio: number;
  readonly ns: number;
}

export interface ScalingChart extends Pick<BenchCell, 'phase' | 'aging' | 'faultWorkNs'> {
  /** The fewest vCPUs that were measured: every series is over its own time there. */
  readonly baseVcpus: number;
  readonly series: readonly ScalingSeries[];
}

/** Aging passes of each variant against the number of vCPUs, a chart for each phase, way of aging, and work in faults. */
export function agingPassCharts({ rows }: BenchResult): readonly ScalingChart[] {
  const aged = rows.filter(({ agingPassNs }) => agingPassNs !== null);
  return charts(aged, (ofChart, baseVcpus) => [
    ...[...groupBy(ofChart, ({ variant }) => variant)].map(([variant, own]) =>
      overOwnBase(
        { label: variant, variant, isBaseline: false },
        medians(own, ({ agingPassNs }) => agingPassNs),
      ),
    ),
    published('published, under mmu_lock', false, baseVcpus, ({ pass }) => pass.locked),
    published('published, lockless', false, baseVcpus, ({ pass }) => pass.lockless),
  ]);
}

/** The vCPUs' time with aging, and without it. Both are over what the variant takes without it. */
export function vcpuWallCharts({ rows }: BenchResult): readonly ScalingChart[] {
  const unaged = rows.filter(({ aging }) => aging === 'none');
  return charts(
    rows.filter(({ aging }) => aging !== 'none'),
    (ofChart, baseVcpus) => [
      ...[...groupBy(ofChart, ({ variant }) => variant)].flatMap(([variant, own]) => {
        const beside = unaged.filter((row) => row.variant === variant && own.some((other) => isSameBut(row, other)));
        const without = medians(beside, ({ vcpuWallNs }) => vcpuWallNs);
        const withAging = medians(own, ({ vcpuWallNs }) => vcpuWallNs);
        const base = without[0]?.ns ?? withAging[0]?.ns;
        return [
          ...(without.length === 0
            ? []
            : [overOwnBase({ label: `${variant}, no aging`, variant, isBaseline: true }, without, base)]),
          overOwnBase({ label: `${variant}, aging`, variant, isBaseline: false }, withAging, base),
        ];
      }),
      published(
        'published, no aging',
        true,
        baseVcpus,
        ({ wall }) => wall.noAging,
        ({ wall }) => wall.noAging,
      ),
      published(
        'published, under mmu_lock',
        false,
        baseVcpus,
        ({ wall }) => wall.locked,
        ({ wall }) => wall.noAging,
      ),
      published(
        'published, lockless',
        false,
        baseVcpus,
        ({ wall }) => wall.lockless,
        ({ wall }) => wall.noAging,
      ),
    ],
  );
}

function charts(
  rows: readonly BenchRow[],
  seriesOf: (rows: readonly BenchRow[], baseVcpus: number) => readonly ScalingSeries[],
): readonly ScalingChart[] {
  const groups = groupBy(rows, ({ phase, aging, faultWorkNs }) => JSON.stringify([phase, aging, faultWorkNs]));
  return [...groups.values()].flatMap((ofChart) => {
    const [first] = ofChart;
    if (first === undefined) return [];
    const { phase, aging, faultWorkNs } = first;
    const baseVcpus = Math.min(...ofChart.map(({ vcpus }) => vcpus));
    return [{ phase, aging, faultWorkNs, baseVcpus, series: seriesOf(ofChart, baseVcpus) }];
  });
}

function isSameBut(unaged: BenchRow, aged: BenchRow): boolean {
  return unaged.phase === aged.phase && unaged.faultWorkNs === aged.faultWorkNs && unaged.vcpus === aged.vcpus;
}

interface Time {
  readonly vcpus: number;
  readonly ns: number;
}

/** The median over repeats, for each number of vCPUs, ascending. */
function medians(rows: readonly BenchRow[], of: (row: BenchRow) => number | null): readonly Time[] {
  return [...groupBy(rows, ({ vcpus }) => String(vcpus))]
    .map(([vcpus, group]) => ({ vcpus: Number(vcpus), ns: median(group.flatMap((row) => of(row) ?? [])) }))
    .sort((a, b) => a.vcpus - b.vcpus);
}

function overOwnBase(
  series: Omit<ScalingSeries, 'points'>,
  times: readonly Time[],
  base = times[0]?.ns ?? 1,
): ScalingSeries {
  return { ...series, points: times.map(({ vcpus, ns }) => ({ vcpus, ns, ratio: ns / base })) };
}

function published(
  label: string,
  isBaseline: boolean,
  baseVcpus: number,
  seconds: (times: PublishedTimes) => number,
  baseSeconds = seconds,
): ScalingSeries {
  const base = publishedAt(baseVcpus, baseSeconds);
  const points = publishedTimes
    .filter(({ vcpus }) => vcpus >= baseVcpus)
    .map((times) => ({ vcpus: times.vcpus, ns: seconds(times) * 1e9, ratio: seconds(times) / base }));
  return { label, variant: null, isBaseline, points };
}

/** Between two rows of the table as a straight line on two logarithmic axes has it. */
function publishedAt(vcpus: number, seconds: (times: PublishedTimes) => number): number {
  const upper = publishedTimes.findIndex((times) => times.vcpus >= vcpus);
  const above = publishedTimes.at(upper) as PublishedTimes;
  const below = publishedTimes[upper - 1];
  if (above.vcpus === vcpus || below === undefined || upper === -1) return seconds(above);
  const share = Math.log(vcpus / below.vcpus) / Math.log(above.vcpus / below.vcpus);
  return seconds(below) * (seconds(above) / seconds(below)) ** share;
}
