import { describe, expect, it } from 'vitest';
import { hdrFiles, percentileDistribution } from '../../../src/report/hdr-files.ts';
import { createLatencyHistogram, latencyCurve } from '../../../src/run/latency.ts';
import { derivePrng } from '../../../src/shared/seed.ts';
import { sampleBench } from '../../support/report/sample-bench.ts';
import { sampleSaved } from '../../support/report/sample-saved.ts';
import { STRANGE } from '../../support/report/strange-names.ts';

interface Line {
  readonly value: number;
  readonly percentile: number;
  readonly count: number;
}

function parsed(text: string): { lines: Line[]; max: number; total: number } {
  const lines = [...text.matchAll(/^ *([\d.]+) ([\d.]+) +(\d+)(?: +[\d.]+)?$/gm)].map(
    ([, value, percentile, count]) => ({
      value: Number(value),
      percentile: 100 * Number(percentile),
      count: Number(count),
    }),
  );
  const [, max, total] = /#\[Max +=\s+([\d.]+), Total count +=\s+(\d+)\]/.exec(text) ?? [];
  return { lines, max: Number(max), total: Number(total) };
}

describe('percentileDistribution', () => {
  const histogram = createLatencyHistogram();
  const prng = derivePrng('1', 'latencies');
  for (let i = 0; i < 20_000; i++) histogram.record(Math.round(100 * Math.exp(6 * prng.fraction() ** 4)) + 1);
  const curve = latencyCurve([histogram]);
  const { lines, max, total } = parsed(percentileDistribution(curve));

  it('is what HdrHistogram prints: values, percentiles and counts that only grow, up to all of them', () => {
    expect(percentileDistribution(curve)).toMatch(/^ +Value +Percentile TotalCount 1\/\(1-Percentile\)\n\n/);
    expect(lines.length).toBeGreaterThan(50);
    lines.slice(1).forEach((line, index) => {
      const before = lines[index] as Line;
      expect(line.value).toBeGreaterThanOrEqual(before.value);
      expect(line.count).toBeGreaterThanOrEqual(before.count);
    });
    expect([lines.at(-1)?.percentile, lines.at(-1)?.count, total]).toEqual([100, 20_000, 20_000]);
  });

  it('has the values that were measured, in nanoseconds, to three digits', () => {
    expect(Math.abs(max / histogram.max - 1)).toBeLessThan(0.001);
    for (const { value, percentile } of lines) {
      const upper = histogram.percentile(Math.min(100, percentile + 0.5 * (100 - percentile)) || 1e-9);
      const lower = histogram.percentile(Math.max(1e-9, percentile - 0.5 * (100 - percentile)));
      expect(value).toBeGreaterThanOrEqual(Math.min(lower, histogram.min) * 0.998);
      expect(value).toBeLessThanOrEqual(Math.max(upper, histogram.min) * 1.002);
    }
  });

  it('takes curves of one measurement and of very long ones', () => {
    const single = parsed(
      percentileDistribution({
        count: 1,
        points: [
          [0, 7],
          [100, 7],
        ],
      }),
    );
    expect([single.total, single.max]).toEqual([1, 7]);
    const minute = parsed(
      percentileDistribution({
        count: 2,
        points: [
          [0, 5],
          [100, 60_000_000_000],
        ],
      }),
    );
    expect(minute.total).toBe(2);
    expect(minute.max / 60e9).toBeCloseTo(1, 2);
  });
});

describe('hdrFiles', () => {
  it('has a file for each curve in which something was measured, each with a name of its own', () => {
    const files = hdrFiles(sampleSaved);
    const curves = sampleBench().curves.filter(({ curve }) => curve.count > 0).length;
    // Two variants with three curves each in the stress result.
    expect(files).toHaveLength(curves + 6);
    expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
    expect(files.map(({ name }) => name)).toContain(
      'bench_mmu-lock-6.1_populate_2vcpus_continuous_faults-2000ns_fault.hgrm',
    );
    expect(files.map(({ name }) => name)).toContain('stress_lockless-7.3-clear-untested_agingPass.hgrm');
  });

  it('tells documents apart that have the same curves', () => {
    const stress = sampleSaved.filter(({ kind }) => kind === 'stress');
    const names = hdrFiles([...stress, ...stress]).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('names files so that they stay in their folder', () => {
    const bench = sampleBench();
    const curves = bench.curves.slice(0, 10).map((curve) => ({ ...curve, variant: `../../${STRANGE}` }));
    for (const { name } of hdrFiles([{ file: 'x', kind: 'bench', result: { ...bench, curves } }])) {
      expect(name).toMatch(/^bench_[A-Za-z0-9._=-]+\.hgrm$/);
    }
  });
});
