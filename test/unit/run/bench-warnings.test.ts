import { describe, expect, it } from 'vitest';
import { benchRatios } from '../../../src/run/bench-ratios.ts';
import type { BenchResultConfig, BenchRow } from '../../../src/run/bench-result.ts';
import { benchWarnings } from '../../../src/run/bench-warnings.ts';
import { benchRowOf } from '../../support/bench/rows.ts';

const host = { cpu: '', cores: 4, memoryBytes: 0, loadAverage: 0, node: '', v8: '', os: '' };
const config = {
  variants: ['a', 'b'],
  batch: 1,
  vcpus: [2],
  agings: ['none', 'continuous'],
  phases: ['read'],
  repeat: 6,
} as unknown as BenchResultConfig;
const access = { count: 1e6, p50: 1000, p99: 0, p99_9: 0, p99_99: 0, max: 0 };

/** As if each of the rows had five repeats in front of it. */
function warningsOf(
  some: readonly BenchRow[],
  given: Partial<typeof host> = {},
  settings: Partial<BenchResultConfig> = {},
) {
  const rows = some.map((row) => ({ ...row, repeat: row.repeat + 5 }));
  return benchWarnings({ ...host, ...given }, 50, { ...config, ...settings }, rows, benchRatios(rows)).join('\n');
}

describe('warnings of a benchmark', () => {
  it('are none where there is nothing to warn of', () => {
    expect(warningsOf([benchRowOf({ variant: 'a', accessNs: access })])).toBe('');
  });

  it('tell of more threads than cores, and count the aging thread', () => {
    expect(warningsOf([], { cores: 2 })).toMatch(/^2 vCPUs, an aging thread on 2 cores/);
    expect(warningsOf([], { cores: 2 }, { agings: ['none'] })).toBe('');
  });

  it('tell of a busy machine, and of few repeats', () => {
    expect(warningsOf([], { loadAverage: 2 })).toMatch(/was busy/);
    expect(warningsOf([], {}, { repeat: 5 })).toMatch(/^5 repeats: the intervals have a confidence below 95 %/);
    expect(warningsOf([], {}, { repeat: 1 })).toMatch(/^1 repeat: too few for an interval/);
  });

  it('tell of a clock that is slower than what it measures', () => {
    const fast = { ...access, p50: 100 };
    expect(warningsOf([benchRowOf({ variant: 'a', phase: 'read', accessNs: fast })])).toMatch(
      /timer is saturated .* of read /,
    );
  });

  it('tell of repeats and intervals that are too wide', () => {
    const rows = [1, 2].flatMap((repeat) => [
      benchRowOf({ variant: 'a', repeat, vcpuWallNs: repeat * 1000, agingPassNs: null }),
      benchRowOf({ variant: 'b', repeat, vcpuWallNs: 1000, agingPassNs: null }),
    ]);
    const text = warningsOf(rows);
    expect(text).toMatch(/spread by more than 1.5 times: populate\/2 vCPUs\/continuous\/3000 ns on a$/m);
    expect(text).toMatch(/intervals wider than 1.5 times: vCPU time in populate\/2 vCPUs\/continuous\/3000 ns;/);
  });

  it('tell of passes that met nobody for most of their time', () => {
    expect(warningsOf([benchRowOf({ variant: 'a', agingPassNs: 900 })])).toMatch(
      /outlast them: populate\/2 vCPUs\/continuous\/3000 ns/,
    );
  });

  it('tell of runs in which no aging pass began', () => {
    expect(warningsOf([benchRowOf({ variant: 'a', passes: 0, agingPassNs: null })])).toMatch(
      /no aging pass began: populate/,
    );
    expect(warningsOf([benchRowOf({ variant: 'a', aging: 'none', passes: 0, agingPassNs: null })])).toBe('');
  });

  it('tell of two works of a fault apart', () => {
    const rows = [1000, 10_000].map((faultWorkNs) =>
      benchRowOf({ variant: 'a', faultWorkNs, vcpuWallNs: faultWorkNs, agingPassNs: null, passes: 1 }),
    );
    expect(warningsOf(rows)).toBe('');
  });

  it('tell of threads that waited for a core in too many iterations', () => {
    const row = benchRowOf({ variant: 'a', iterations: 6, crowdedIterations: 3 });
    expect(warningsOf([row, { ...row, crowdedIterations: 2 }])).toMatch(
      /^threads waited for a core in 1 of 2 runs: populate/,
    );
  });

  it('tell of what makes a ratio something else than the price of the lock', () => {
    expect(warningsOf([], {}, { batch: 64 })).toMatch(/of the bitmap and the lock together/);
    expect(warningsOf([], {}, { variants: ['a'] })).toMatch(/nothing to compare it with/);
  });

  it('count the host where it invalidates', () => {
    expect(warningsOf([], { cores: 3 })).toBe('');
    expect(warningsOf([], { cores: 3 }, { phases: ['invalidate'] })).toMatch(
      /^2 vCPUs, an aging thread, a host that inv/,
    );
  });
});
