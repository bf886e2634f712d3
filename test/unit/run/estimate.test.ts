import { describe, expect, it } from 'vitest';
import { estimateMedian } from '../../../src/run/estimate.ts';
import { derivePrng } from '../../../src/shared/seed.ts';

describe('the median and its interval', () => {
  it('takes all of six values, since each end is beyond the true median in one of 64 cases', () => {
    expect(estimateMedian([6, 1, 5, 2, 4, 3])).toEqual({
      ratio: 3.5,
      low: 1,
      high: 6,
      confidence: 1 - 2 / 64,
      repeats: 6,
    });
  });

  it('leaves the outermost out as soon as the rest suffices', () => {
    const nine = estimateMedian([1, 2, 3, 4, 5, 6, 7, 8, 900]);
    expect([nine.low, nine.high]).toEqual([2, 8]);
    expect(nine.confidence).toBeCloseTo(1 - 2 * (10 / 512), 10);
  });

  it('says what few values are worth', () => {
    expect(estimateMedian([2])).toEqual({ ratio: 2, low: 2, high: 2, confidence: 0, repeats: 1 });
    expect(estimateMedian([1, 2, 3]).confidence).toBeCloseTo(0.75, 10);
  });

  it('contains the true median as often as it claims, of a lopsided distribution with outliers', () => {
    const random = derivePrng('17', 'intervals');
    for (const repeats of [6, 9, 20]) {
      const trials = 4000;
      let hits = 0;
      let claimed = 0;
      for (let trial = 0; trial < trials; trial++) {
        // Median 1: half of the values are below, and some of those above are far off.
        const values = Array.from({ length: repeats }, () => {
          const u = random.fraction();
          return u < 0.5 ? 2 * u : 1 / (1.0001 - u) - 1;
        });
        const { low, high, confidence } = estimateMedian(values);
        if (low <= 1 && 1 <= high) hits++;
        claimed = confidence;
      }
      expect(claimed).toBeGreaterThanOrEqual(0.95);
      expect(Math.abs(hits / trials - claimed), `${repeats} repeats`).toBeLessThan(0.02);
    }
  });
});
