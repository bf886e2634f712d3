import { describe, expect, it } from 'vitest';
import { ageClasses } from '../../../src/report/chart/age-classes.ts';
import { agesText } from '../../../src/report/chart-text/age-text.ts';
import { percentilesText } from '../../../src/report/chart-text/percentile-text.ts';
import { ratiosText } from '../../../src/report/chart-text/ratio-text.ts';
import { reportText } from '../../../src/report/report-text.ts';
import { sampleSaved } from '../../support/report/sample-saved.ts';
import { sampleStress } from '../../support/report/sample-stress.ts';
import { STRANGE } from '../../support/report/strange-names.ts';

const plain = (_style: string, text: string): string => text;

describe('reportText', () => {
  const text = reportText(sampleSaved, plain);

  it('has a part for each document, with the tables of its command', () => {
    expect(text.match(/^== .*/gm)).toEqual([
      '== bench (bench.json)',
      '== stress (stress.json)',
      '== check, check.json (check.json)',
      '== check, check.json (more/check.json)',
      '== conform (conform.json)',
      '== stress --scenario (race.json)',
      '== reclaim (reclaim.json)',
    ]);
    for (const part of [
      'What does the lock cost?',
      'VIOLATED  lockless-7.3',
      'DISAGREES  1 of 2',
      '748 of 749',
      'NONE',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('paints what the commands paint', () => {
    const painted = reportText(sampleSaved, (style, part) => `<${style}>${part}</>`);
    expect(painted).toContain('<red>VIOLATED </> lockless-7.3');
    expect(painted.replaceAll(/<\w*>|<\/>/g, '')).toBe(text);
  });

  it('lets nothing act on the terminal', () => {
    const variants = sampleStress.variants.map((variant) => ({ ...variant, variant: STRANGE }));
    const strange = reportText([{ file: STRANGE, kind: 'stress', result: { ...sampleStress, variants } }], plain);
    expect(strange).not.toMatch(/[^\P{Cc}\n]/u);
  });
});

describe('ratiosText', () => {
  it('marks 1, the median, and the interval', () => {
    expect(
      ratiosText([
        { label: 'slower', ratio: 4, low: 2, high: 8 },
        { label: 'the same', ratio: 1.1, low: 0.5, high: 2 },
      ]),
    ).toBe(
      [
        '          0.490                                8.16  ratio  interval',
        'slower              |         ----------o----------   4.00  2.00 – 8.00',
        'the same  ----------+o---------                       1.10  0.500 – 2.00',
      ].join('\n'),
    );
  });
});

describe('percentilesText', () => {
  it('has a letter a curve, ticks with units, and a legend', () => {
    const curve = {
      count: 1000,
      points: [
        [0, 100],
        [90, 200],
        [99, 5000],
        [99.9, 90_000],
        [100, 90_000],
      ],
    } as const;
    const slower = { count: 1000, points: curve.points.map(([p, ns]) => [p, ns * 30] as const) };
    const chart = percentilesText('access', [
      { name: 'one', curve },
      { name: 'other', curve: slower },
      { name: 'nothing', curve: { count: 0, points: [] } },
    ]);
    const lines = chart.split('\n');
    expect(lines[0]).toBe('access');
    expect(lines.at(-1)).toBe('o one   x other');
    for (const tick of ['100 ns', '10 µs', '1 ms', '99.9']) expect(chart).toContain(tick);
    const rowOf = (letter: string): number => lines.slice(2).findIndex((line) => line.includes(letter));
    expect(rowOf('x')).toBeLessThan(rowOf('o'));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(80);
  });

  it('is empty where nothing was measured', () => {
    expect(percentilesText('access', [{ name: 'one', curve: { count: 0, points: [] } }])).toBe('');
  });
});

describe('agesText', () => {
  it('has a darker letter for older pages, later moments to the right and higher pages further up', () => {
    const map = {
      pages: 4,
      pagesPerBin: 2,
      momentsMs: [100, 200],
      agesMs: [
        [0.01, 100],
        [0.01, 0.01],
      ],
    };
    const [, upper, lower, axis] = agesText('age', map, ageClasses([map])).split('\n');
    expect([upper, lower, axis]).toEqual(['2 │@ ', '0 │  ', '  └00.20 s']);
  });
});
