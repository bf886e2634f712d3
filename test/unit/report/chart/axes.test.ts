import { describe, expect, it } from 'vitest';
import { ageClasses, ageClassOf } from '../../../../src/report/chart/age-classes.ts';
import { logTicks, ratioTicks } from '../../../../src/report/chart/log-ticks.ts';
import { curvePoints, percentileTicks, valueAt } from '../../../../src/report/chart/percentile-axis.ts';
import { percentileText, ratioText, roundDurationText } from '../../../../src/report/number-text.ts';

const map = (agesMs: number[][]) => ({ pages: 3, pagesPerBin: 1, momentsMs: agesMs.map((_, index) => index), agesMs });

describe('the axis of percentiles', () => {
  const curve = {
    count: 1000,
    points: [
      [0, 10],
      [50, 20],
      [99.9, 300],
      [100, 400],
    ],
  } as const;

  it('ends where one measurement is left, and not in infinity', () => {
    expect(curvePoints(curve).map(({ oneIn }) => Math.round(oneIn))).toEqual([1, 2, 1000, 1000]);
  });

  it('has ticks as far as there are measurements', () => {
    expect(percentileTicks(1000)).toEqual([
      [1, 0],
      [2, 50],
      [10, 90],
      [100, 99],
      [1000, 99.9],
    ]);
  });

  it('has the value of the next point for a percentile between two, and none without points', () => {
    expect([0, 50, 51, 99.9, 100].map((percentile) => valueAt(curve, percentile))).toEqual([10, 20, 300, 300, 400]);
    expect(valueAt({ count: 0, points: [] }, 50)).toBeNull();
  });
});

describe('logTicks', () => {
  it.each([
    [1, 1e6, [1, 10, 100, 1000, 1e4, 1e5, 1e6]],
    [1, 1700, [1, 3, 10, 30, 100, 300, 1000]],
    [0.9, 13, [1, 2, 5, 10]],
  ])('from %d to %d are round', (least, most, ticks) => {
    expect(logTicks(least, most)).toEqual(ticks);
  });
});

describe('ratioTicks', () => {
  it.each([
    [0.95, 1.1, [0.95, 1, 1.05, 1.1]],
    [0.9, 1.55, [1, 1.2, 1.4]],
    [0.9, 2.6, [1, 1.5, 2, 2.5]],
    [0.9, 7.3, [1, 2, 5]],
  ])('from %d to %d tell ratios apart, and have 1', (least, most, ticks) => {
    expect(ratioTicks(least, most)).toEqual(ticks);
  });
});

describe('classes of ages', () => {
  it('are the same for several maps, and reach up to the oldest page', () => {
    const classes = ageClasses([map([[5, 0.01]]), map([[90, 1]])]);
    expect(classes.labels).toHaveLength(8);
    expect(classes.labels.at(-1)).toBe('over 30 ms');
    expect(classes.labels[0]).toBe('under 30 µs');
    expect([0, 0.1, 2.99, 3, 90, 1e9].map((age) => ageClassOf(age, classes))).toEqual([0, 2, 4, 5, 7, 7]);
  });

  it('are there without any page, too', () => {
    expect(ageClasses([]).bounds).toHaveLength(7);
  });
});

describe('numbers', () => {
  it('have no more digits than they need', () => {
    expect([0.9674, 1.4449, 12.34, 999.6, 1234.5].map(ratioText)).toEqual(['0.967', '1.44', '12.3', '1,000', '1,235']);
    expect([0, 50, 99, 99.9, 99.999, 100].map(percentileText)).toEqual(['0', '50', '99', '99.9', '99.999', '100']);
    expect([100, 1000, 30_000, 1e6, 2.5e9].map(roundDurationText)).toEqual([
      '100 ns',
      '1 µs',
      '30 µs',
      '1 ms',
      '2.50 s',
    ]);
  });
});
