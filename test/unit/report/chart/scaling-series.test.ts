import { describe, expect, it } from 'vitest';
import { publishedTimes } from '../../../../src/report/chart/published-scaling.ts';
import { agingPassCharts, vcpuWallCharts } from '../../../../src/report/chart/scaling-series.ts';
import type { BenchRow } from '../../../../src/run/bench-result.ts';
import { sampleBench } from '../../../support/report/sample-bench.ts';

const bench = sampleBench();
const [template] = bench.rows;

function row(changes: Partial<BenchRow>): BenchRow {
  if (template === undefined) throw new Error('no row');
  return { ...template, phase: 'read', faultWorkNs: 0, aging: 'continuous', variant: 'v', ...changes };
}

describe('agingPassCharts', () => {
  const rows = [
    row({ vcpus: 4, agingPassNs: 40 }),
    row({ vcpus: 2, agingPassNs: 10 }),
    row({ vcpus: 2, agingPassNs: 30 }),
    row({ vcpus: 2, agingPassNs: 90 }),
    row({ vcpus: 4, agingPassNs: 80 }),
    row({ vcpus: 1, aging: 'none', agingPassNs: null }),
  ];
  const [chart, ...others] = agingPassCharts({ ...bench, rows });

  it('has medians over repeats, over that with the fewest vCPUs that aged', () => {
    expect(others).toEqual([]);
    expect(chart?.baseVcpus).toBe(2);
    expect(chart?.series[0]?.points).toEqual([
      { vcpus: 2, ns: 30, ratio: 1 },
      { vcpus: 4, ns: 60, ratio: 2 },
    ]);
  });

  it('has the published table over its own time with as many vCPUs', () => {
    const [, locked, lockless] = chart?.series ?? [];
    expect(locked?.points.map(({ vcpus }) => vcpus)).toEqual([2, 4, 8, 16, 32, 64, 112]);
    expect(locked?.points[0]?.ratio).toBe(1);
    expect(locked?.points.at(-1)?.ratio).toBeCloseTo(13.47381656 / 0.017989741, 6);
    expect(lockless?.points.at(-1)?.ratio).toBeCloseTo(2.29222385 / 0.013996319, 6);
  });

  it('puts a base that the table does not have between its rows', () => {
    const [odd] = agingPassCharts({ ...bench, rows: [row({ vcpus: 3, agingPassNs: 5 })] });
    const [first] = odd?.series[1]?.points ?? [];
    expect(first?.vcpus).toBe(4);
    expect(first?.ratio).toBeGreaterThan(1);
    expect(first?.ratio).toBeLessThan(0.056164918 / 0.017989741);
  });

  it('draws nothing of the table beyond its end', () => {
    const [large] = agingPassCharts({ ...bench, rows: [row({ vcpus: 128, agingPassNs: 5 })] });
    expect(large?.series.map(({ points }) => points.length)).toEqual([1, 0, 0]);
  });
});

describe('vcpuWallCharts', () => {
  it('is over what the variant takes without aging with the fewest vCPUs', () => {
    const rows = [
      row({ vcpus: 1, aging: 'none', vcpuWallNs: 100 }),
      row({ vcpus: 2, aging: 'none', vcpuWallNs: 110 }),
      row({ vcpus: 1, vcpuWallNs: 150 }),
      row({ vcpus: 2, vcpuWallNs: 220 }),
      row({ vcpus: 1, aging: 'none', vcpuWallNs: 1, faultWorkNs: 2000 }),
    ];
    const [chart] = vcpuWallCharts({ ...bench, rows });
    const ratios = chart?.series.map(({ label, points }) => [label, ...points.slice(0, 2).map(({ ratio }) => ratio)]);
    expect(ratios?.slice(0, 2)).toEqual([
      ['v, no aging', 1, 1.1],
      ['v, aging', 1.5, 2.2],
    ]);
    expect(ratios?.[3]?.[1]).toBeCloseTo(0.938250568 / 0.878822016, 9);
  });
});

it('the published table only grows', () => {
  for (const [index, times] of publishedTimes.slice(1).entries()) {
    const before = publishedTimes[index];
    expect(times.vcpus).toBeGreaterThan(before?.vcpus ?? 0);
    expect(times.wall.noAging).toBeGreaterThan(before?.wall.noAging ?? 0);
    expect(times.pass.locked).toBeGreaterThan(before?.pass.locked ?? 0);
    expect(times.pass.lockless).toBeGreaterThan(before?.pass.lockless ?? 0);
  }
});
