import { describe, expect, it } from 'vitest';
import type { CheckedScenario } from '../../../src/check/check-result.ts';
import { annotation, reportAnnotations } from '../../../src/report/report-annotations.ts';
import { sampleBench } from '../../support/report/sample-bench.ts';
import { sampleCheck, violated } from '../../support/report/sample-check.ts';
import { sampleConform, sampleRace, sampleReclaim } from '../../support/report/sample-saved.ts';
import { sampleStress } from '../../support/report/sample-stress.ts';
import { STRANGE } from '../../support/report/strange-names.ts';

function linesOf(text: string): string[] {
  return text === '' ? [] : text.trimEnd().split('\n');
}

function ofCheck(...results: readonly CheckedScenario[]): string[] {
  return linesOf(reportAnnotations([{ file: 'x', kind: 'check', result: { ...sampleCheck, results } }]));
}

describe('reportAnnotations', () => {
  it('has an error for a violation that nobody expects, with its scenario file', () => {
    expect(ofCheck({ ...violated, file: 'a,b:c%.yaml', expectation: 'none' })[0]).toMatch(
      /^::error file=a%2Cb%3Ac%25\.yaml,title=access-lost%2C page 0::.* under /,
    );
  });

  it('has nothing for a violation that the scenario file expects', () => {
    expect(ofCheck({ ...violated, expectation: 'met' })).toEqual([]);
  });

  it('has an error for an expectation that is unmet, and a warning for what is unknown', () => {
    const holds = { ...violated, verdict: 'holds', violations: [], complete: true } as const;
    expect(ofCheck({ ...holds, expectation: 'unmet', expected: 'violated' })[0]).toMatch(
      /^::error .*title=not as expected::.*the scenario file says violated$/,
    );
    expect(ofCheck({ ...holds, verdict: 'unknown', expectation: 'none', complete: false, cut: '5 states' })[0]).toMatch(
      /^::warning .*title=unknown::.*UNKNOWN \(5 states\)$/,
    );
  });

  it('has an error for each property that a stress run violates, and for failures of the harness', () => {
    const [first, ...others] = sampleStress.variants;
    const variants = first === undefined ? [] : [{ ...first, failures: ['vcpu0 died'] }, ...others];
    expect(linesOf(reportAnnotations([{ file: 'x', kind: 'stress', result: { ...sampleStress, variants } }]))).toEqual([
      '::error title=harness failure::mmu-lock-6.1: vcpu0 died',
      '::error title=access-lost::lockless-7.3 + clear-untested: 2 violations, seed 3: vcpu0 accessed the page between epochs 3 and 4',
    ]);
  });

  it('has an error for each trace that disagrees, with its line', () => {
    const [line, ...more] = linesOf(reportAnnotations([{ file: 'x', kind: 'conform', result: sampleConform }]));
    expect(more).toEqual([]);
    expect(line).toMatch(
      /^::error file=traces\/huge\.jsonl\.gz,line=12,title=disagrees with the kernel::.*kernel says/,
    );
  });

  it('has an error for outcomes that are not known, and warnings for the rest', () => {
    const result = { ...sampleBench(), failures: ['aging died'], interrupted: true };
    expect(
      linesOf(
        reportAnnotations([
          { file: 'race.json', kind: 'race', result: sampleRace },
          { file: 'bench.json', kind: 'bench', result },
          { file: 'reclaim.json', kind: 'reclaim', result: sampleReclaim },
        ]),
      ).map((line) => line.slice(0, line.indexOf('::', 2))),
    ).toEqual([
      '::error title=an outcome that is not known',
      '::error title=harness failure',
      '::warning title=bench',
      '::warning title=interrupted',
      '::warning title=null-dereference',
    ]);
  });

  it('has an error for each ratio that got worse by more than was allowed, and for no other', () => {
    const bench = sampleBench();
    const [ratio] = bench.ratios;
    if (ratio === undefined) throw new Error('no ratio');
    const { metric, variants, phase, vcpus, aging, faultWorkNs } = ratio;
    const before = { ...ratio, ratio: 2 * ratio.ratio };
    const named = { metric, variants, phase, vcpus, aging, faultWorkNs, before, now: ratio, percent: -50 };
    const verdicts = ['worse', 'unclear', 'better', 'same'] as const;
    const comparison = (failAbovePercent: number | null) => ({
      baseline: 'old.json',
      failAbovePercent,
      changes: verdicts.map((verdict) => ({ ...named, verdict })),
      notMeasured: 0,
      notInBaseline: 0,
    });
    const errors = (failAbovePercent: number | null) => {
      const result = { ...bench, warnings: [], comparison: comparison(failAbovePercent) };
      return linesOf(reportAnnotations([{ file: 'bench.json', kind: 'bench', result }])).filter(Boolean);
    };
    const [worse, ...others] = errors(20);
    expect(worse).toMatch(/^::error title=a ratio got worse::populate: .* before, now .*: -50\.0 %25$/);
    expect(others).toEqual([]);
    expect(errors(null)).toEqual([]);
  });

  it('stays one command a line, whatever names and messages hold', () => {
    const result = { ...sampleRace, findings: [`a\r\n::set-output name=x::y%0A${STRANGE}`] };
    const lines = linesOf(reportAnnotations([{ file: 'x', kind: 'race', result }]));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('%250A');
    expect(lines[0]).not.toMatch(/\p{Cc}/u);
  });
});

describe('annotation', () => {
  it('escapes line ends and percent signs in messages, and colons and commas in properties, too', () => {
    expect(annotation({ level: 'error', title: 'a:b,c%\n', message: 'a:b,c%\r\n', file: 'd:e,f', line: 3 })).toBe(
      '::error file=d%3Ae%2Cf,line=3,title=a%3Ab%2Cc%25%0A::a:b,c%25%0D%0A',
    );
  });
});
