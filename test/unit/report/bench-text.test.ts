import { expect, it } from 'vitest';
import { benchText } from '../../../src/report/bench-text.ts';
import { sampleBench } from '../../support/report/sample-bench.ts';

const bench = sampleBench();

it('a percentile beyond which few measurements lie is not shown, and the slowest one always is', () => {
  const [curve] = bench.curves;
  if (curve === undefined) throw new Error('no curve');
  const latency = { count: 1000, p50: 100, p99: 200, p99_9: 300, p99_99: 400, max: 2e6 };
  const text = benchText({ ...bench, curves: [{ ...curve, latency }] }, { quiet: false });
  expect(text).toMatch(/ 1,000 +100 ns +200 ns +- +- +2\.00 ms$/m);
});

it('a benchmark that has measured nothing says so, without empty tables', () => {
  const nothing = { rows: [], curves: [], ratios: [], slowdowns: [], overheads: [], timelines: [], warnings: [] };
  const text = benchText({ ...bench, ...nothing, interrupted: true }, { quiet: false });
  expect(text.split('\n')[0]).toBe('interrupted: what is shown above is partial');
  expect(text).toMatch(/^0 runs measured$/m);
});

it('a comparison says what was not compared', () => {
  const [ratio] = bench.ratios;
  if (ratio === undefined) throw new Error('no ratio');
  const { metric, variants, phase, vcpus, aging, faultWorkNs } = ratio;
  const change = { metric, variants, phase, vcpus, aging, faultWorkNs, before: ratio, now: ratio, percent: -0.4 };
  const comparison = {
    baseline: 'old.json',
    failAbovePercent: 20,
    changes: [{ ...change, verdict: 'same' as const }],
    notMeasured: 1,
    notInBaseline: 2,
  };
  const text = benchText({ ...bench, comparison }, { quiet: true });
  expect(text).toMatch(/ -0\.4 % {2}same$/m);
  expect(text).toContain('1 ratio of the baseline not measured now; 2 ratios measured now not in the baseline');
});
