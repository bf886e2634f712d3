import { describe, expect, it } from 'vitest';
import { parseSavedResult, readSavedResult } from '../../../../src/run/saved/read-saved-result.ts';
import { sampleSaved } from '../../../support/report/sample-saved.ts';
import { sampleStress } from '../../../support/report/sample-stress.ts';

/** What is said of a text, without the accepted schemas where they are named. */
function problem(text: string): string {
  try {
    parseSavedResult(text, 'x.json');
  } catch (error) {
    return (error as Error).message;
  }
  return 'none';
}

const ALL =
  'accepted: pte-aging/stress@1, pte-aging/bench@1, pte-aging/check@1, pte-aging/conform@1, pte-aging/reclaim@1';

describe('parseSavedResult', () => {
  it.each(sampleSaved)('reads what $kind writes, and nothing of it is lost ($file)', ({ file, kind, result }) => {
    expect(parseSavedResult(JSON.stringify(result), file)).toEqual({ file, kind, result });
  });

  it('reads stress results that were saved before there were curves and ages', () => {
    const variants = sampleStress.variants.map(({ curves: _curves, pageAges: _pageAges, ...variant }) => variant);
    const { kind, result } = parseSavedResult(JSON.stringify({ ...sampleStress, variants }), 'x.json');
    expect(kind).toBe('stress');
    const [first] = (result as typeof sampleStress).variants;
    expect([first?.curves.access.points, first?.pageAges]).toEqual([[], null]);
  });

  it.each([
    ['', 1, 1],
    ['{"schema": "pte-aging/stress@1"', 1, 32],
    ['{\n  "schema": nope }', 2, 13],
    ['[1, 2,]', 1, 7],
    ['{"a": 1,}', 1, 9],
    ['{"a" 1}', 1, 6],
    ['{"a": "b\nc"}', 1, 7],
    ['{} {}', 1, 4],
    ['{"a": [1 2]}', 1, 10],
    ['{"a": [1}', 1, 9],
    ['\u001b[31mred', 1, 1],
  ])('says where %j stops being JSON', (text, line, column) => {
    expect(problem(text)).toBe(`x.json:${line}:${column}: not JSON; ${ALL}`);
  });

  it.each([
    ['{}', 'is missing'],
    ['null', 'is missing'],
    ['[]', 'is missing'],
    ['7', 'is missing'],
    ['{"schema": 1}', 'is 1'],
    ['{"schema": "pte-aging/stress@2"}', 'is "pte-aging/stress@2"'],
    ['{"schema": "pte-aging/scenario@1"}', 'is "pte-aging/scenario@1"'],
    ['{"schema": "a\\nb"}', 'is "a\\nb"'],
  ])('says of %s which schemas are accepted', (text, what) => {
    expect(problem(text)).toBe(`x.json: "schema" ${what}; ${ALL}`);
  });

  it.each([
    ['a field is missing', { seed: undefined }, '"seed" is missing; accepted: text'],
    ['a field is of another type', { timerNs: 'fast' }, '"timerNs" is "fast"; accepted: a time from 0 to 2^53'],
    ['a list is none', { variants: {} }, '"variants" is {}; accepted: a list'],
    [
      'something deep is wrong',
      { variants: [{ ...sampleStress.variants[0], verdict: 'fine\n' }] },
      '"variants[0].verdict" is "fine\\n"; accepted: clean, violated, harness-failure, interrupted',
    ],
    [
      'a percentile is none',
      {
        variants: [
          {
            ...sampleStress.variants[0],
            curves: { ...sampleStress.variants[0]?.curves, fault: { count: 1, points: [[101, 1]] } },
          },
        ],
      },
      '"variants[0].curves.fault.points[0][0]" is 101; accepted: a percentile 0 … 100',
    ],
  ])('says where and what is accepted if %s', (_, change, expected) => {
    expect(problem(JSON.stringify({ ...sampleStress, ...change }))).toBe(`x.json: ${expected}`);
  });

  it('drops fields that it does not know', () => {
    const { result } = parseSavedResult(JSON.stringify({ ...sampleStress, later: { x: 1 } }), 'x.json');
    expect(result).toEqual(sampleStress);
  });
});

describe('readSavedResult', () => {
  it('says at once where a long text was cut off', () => {
    const cut = `{"schema":"pte-aging/bench@1","seed":"${'x'.repeat(100_000)}`;
    expect(() => parseSavedResult(cut, 'cut.json')).toThrow(/^cut.json:1:38: not JSON; accepted: /);
  });

  it('names a file that is not there, and a directory', () => {
    expect(() => readSavedResult('no/such.json')).toThrow(`no/such.json: no such file; ${ALL}`);
    expect(() => readSavedResult('test')).toThrow('test: is a directory; accepted: files with saved results');
  });
});
