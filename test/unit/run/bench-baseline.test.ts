import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkComparable, compareWithBaseline, readBaseline } from '../../../src/run/bench-baseline.ts';
import { benchRatios } from '../../../src/run/bench-ratios.ts';
import { benchRowOf } from '../../support/bench/rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'baseline-'));
afterAll(() => rmSync(folder, { recursive: true }));

const host = { cpu: 'a cpu', cores: 2, os: 'Linux', v8: '11' };
const config = { pagesPerVcpu: 8192, batch: 1, tlbEntries: 64, invalidateRate: 1000, periodMs: 10 };

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

const whole = { schema: 'pte-aging/bench@1', host, config, ratios: ratiosOf(2) };
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

  it('counts what was not measured again', () => {
    const comparison = compareWithBaseline(readBaseline(saved(whole)), [], 10);
    expect(comparison).toMatchObject({ changes: [], notMeasured: 1, failAbovePercent: 10 });
  });

  it.each([
    ['{', 'is no JSON'],
    [{ ...whole, schema: 'pte-aging/bench@2' }, 'schema'],
    [{ ...whole, schema: 'pte-aging/stress@1' }, 'schema'],
    [{ ...whole, ratios: [] }, 'has no ratios'],
    [{ ...whole, ratios: [{ ...whole.ratios[0], ratio: -1 }] }, 'ratios.0.ratio'],
    [[], 'the whole of it'],
  ])('refuses %j', (document, problem) => {
    expect(() => readBaseline(saved(document))).toThrow(problem);
    expect(() => readBaseline(saved(document))).toThrow('accepted: a result that bench --json=FILE has saved');
  });

  it('refuses a file that is not there, or a folder', () => {
    expect(() => readBaseline(join(folder, 'none.json'))).toThrow('cannot be read (ENOENT)');
    expect(() => readBaseline(folder)).toThrow('cannot be read (EISDIR)');
  });

  it('refuses another machine and other memory, and names the differences', () => {
    const here = {
      host: { ...host, memoryBytes: 1, loadAverage: 0, node: 'v20' },
      config: { ...config, variants: ['a', 'b'] },
    } as never;
    const baseline = readBaseline(saved(whole));
    expect(() => checkComparable(baseline, here)).not.toThrow();
    const elsewhere = { ...baseline, document: { ...baseline.document, host: { ...host, cores: 64 } } };
    expect(() => checkComparable(elsewhere, here)).toThrow(/cores 64, here 2; accepted: .* or --force/);
    const bigger = { ...baseline, document: { ...baseline.document, config: { ...config, pagesPerVcpu: 64 } } };
    expect(() => checkComparable(bigger, here)).toThrow('pagesPerVcpu 64, here 8192');
  });
});
