import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkComparable, checkOverlap, compareWithBaseline, readBaseline } from '../../../src/run/bench-baseline.ts';
import { benchRatios } from '../../../src/run/bench-ratios.ts';
import type { BenchResult } from '../../../src/run/bench-result.ts';
import { benchRowOf } from '../../support/bench/rows.ts';
import { sampleBench } from '../../support/report/sample-bench.ts';
import { sampleStress } from '../../support/report/sample-stress.ts';

const folder = mkdtempSync(join(tmpdir(), 'baseline-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** `a` takes as many times as long as `b`, in six repeats that differ by up to some percent. */
function ratiosOf(ratio: number, spreadPercent = 1) {
  const rows = [1, 2, 3, 4, 5, 6].flatMap((repeat) => [
    benchRowOf({
      variant: 'a',
      repeat,
      agingPassNs: null,
      vcpuWallNs: 1e6 * ratio * (1 + ((repeat - 3.5) / 250) * spreadPercent),
    }),
    benchRowOf({ variant: 'b', repeat, agingPassNs: null, vcpuWallNs: 1e6 }),
  ]);
  return benchRatios(rows);
}

function saved(document: unknown): string {
  const file = join(folder, 'baseline.json');
  writeFileSync(file, typeof document === 'string' ? document : JSON.stringify(document));
  return file;
}

const whole: BenchResult = { ...sampleBench('1'), ratios: ratiosOf(2) };
const verdictOf = (before: number, now: number, margin: number | null, spread?: number) =>
  compareWithBaseline(
    readBaseline(saved({ ...whole, ratios: ratiosOf(before, spread) })),
    ratiosOf(now, spread),
    margin,
  ).changes[0]?.verdict;

describe('a baseline', () => {
  it('finds a later variant that lost ground', () => {
    expect(verdictOf(2, 1.5, 20)).toBe('worse');
    expect(verdictOf(2, 1.7, 20)).toBe('same');
    expect(verdictOf(2, 2.5, 20)).toBe('better');
    expect(verdictOf(2, 1.9, null)).toBe('worse');
  });

  it('takes no fall for one whose intervals overlap', () => {
    expect(verdictOf(2, 1.5, 20, 40)).toBe('unclear');
  });

  it('is sure of nothing after one repeat', () => {
    const once = (ratio: number) =>
      benchRatios([
        benchRowOf({ variant: 'a', agingPassNs: null, vcpuWallNs: 1e6 * ratio }),
        benchRowOf({ variant: 'b', agingPassNs: null, vcpuWallNs: 1e6 }),
      ]);
    const [change] = compareWithBaseline(readBaseline(saved({ ...whole, ratios: once(2) })), once(1), 20).changes;
    expect(change?.verdict).toBe('unclear');
  });

  it('must have something of what is going to be measured', () => {
    const baseline = readBaseline(saved(whole));
    expect(() => checkOverlap(baseline, whole.ratios)).not.toThrow();
    const others = [
      whole.ratios.map((one) => ({ ...one, phase: 'read' as const })),
      whole.ratios.map((one) => ({ ...one, faultWorkNs: 1 })),
      whole.ratios.map((one) => ({ ...one, variants: [one.variants[1], one.variants[0]] as const })),
      [],
    ];
    for (const planned of others) {
      expect(() => checkOverlap(baseline, planned)).toThrow(/has no ratio that would be measured now; accepted: /);
    }
  });

  it('must be of a run that came to its end', () => {
    for (const broken of [{ interrupted: true }, { failures: ['a thread died'] }]) {
      expect(() => readBaseline(saved({ ...whole, ...broken }))).toThrow(
        'did not come to its end; accepted: a whole one',
      );
    }
  });

  it('counts what was not measured again', () => {
    const comparison = compareWithBaseline(readBaseline(saved(whole)), [], 10);
    expect(comparison).toMatchObject({ changes: [], notMeasured: 1, failAbovePercent: 10 });
  });

  it.each([
    ['{', 'not JSON'],
    [{ ...whole, schema: 'pte-aging/bench@2' }, '"schema" is "pte-aging/bench@2"'],
    [{ ...whole, ratios: [] }, 'has no ratios'],
    [{ ...whole, ratios: [{ ...whole.ratios[0], ratio: -1 }] }, '"ratios[0].ratio" is -1'],
    [sampleStress, 'is a result of stress'],
    [[], '"schema" is missing'],
  ])('refuses what is no such result', (document, problem) => {
    expect(() => readBaseline(saved(document))).toThrow(problem);
    expect(() => readBaseline(saved(document))).toThrow('accepted: ');
  });

  it('refuses a file that is not there, or a folder', () => {
    expect(() => readBaseline(join(folder, 'none.json'))).toThrow('no such file');
    expect(() => readBaseline(folder)).toThrow('is a directory');
  });

  it('refuses another machine and other memory, and names the differences', () => {
    const baseline = readBaseline(saved(whole));
    expect(() => checkComparable(baseline, whole)).not.toThrow();
    const elsewhere = { ...baseline, document: { ...baseline.document, host: { ...whole.host, cores: 64 } } };
    expect(() => checkComparable(elsewhere, whole)).toThrow(/cores 64, here \d+; accepted: .* or --force/);
    const bigger = { ...baseline, document: { ...baseline.document, config: { ...whole.config, pagesPerVcpu: 64 } } };
    expect(() => checkComparable(bigger, whole)).toThrow(/pagesPerVcpu 64, here \d+/);
  });
});
