import { describe, expect, it } from 'vitest';
import { MAX_BINS, MAX_MOMENTS, PageAges } from '../../../src/stress/page-ages.ts';

const MS = 1e6;
const BEGAN = 7e9;

function begun(pages: number): PageAges {
  const ages = new PageAges(pages);
  ages.begin(BEGAN);
  return ages;
}

describe('PageAges', () => {
  it('knows how long ago each page was last reported young', () => {
    const ages = begun(3);
    ages.reportedYoung(0, BEGAN + 2 * MS);
    ages.reportedYoung(2, BEGAN + 3 * MS);
    ages.reportedYoung(2, BEGAN + 9 * MS);
    ages.look(BEGAN + 10 * MS);
    expect(ages.map()).toEqual({ pages: 3, pagesPerBin: 1, momentsMs: [10], agesMs: [[8, 10, 1]] });
  });

  it('takes the mean of neighbouring pages, of fewer in the last bin', () => {
    const ages = begun(MAX_BINS + 1);
    ages.reportedYoung(0, BEGAN + 4 * MS);
    ages.reportedYoung(MAX_BINS, BEGAN + 6 * MS);
    ages.look(BEGAN + 10 * MS);
    const { pagesPerBin, agesMs } = ages.map();
    expect(pagesPerBin).toBe(2);
    expect(agesMs[0]).toHaveLength(49);
    expect([agesMs[0]?.[0], agesMs[0]?.[1], agesMs[0]?.at(-1)]).toEqual([8, 10, 4]);
  });

  it('does not look before it is time to', () => {
    const ages = begun(1);
    ages.look(BEGAN + 0.5 * MS);
    ages.look(BEGAN + 1 * MS);
    ages.look(BEGAN + 1.9 * MS);
    ages.look(BEGAN + 2.5 * MS);
    expect(ages.map().momentsMs).toEqual([1, 2.5]);
  });

  it('looks less often at much memory', () => {
    const ages = begun(2 ** 20);
    for (let ms = 1; ms <= 1000; ms++) ages.look(BEGAN + ms * MS);
    expect(ages.map().momentsMs).toHaveLength(4);
  });

  it('keeps a bounded number of moments of a run of any length, evenly spread', () => {
    const ages = begun(2);
    for (let ms = 1; ms <= 100_000; ms++) ages.look(BEGAN + ms * MS);
    const { momentsMs, agesMs } = ages.map();
    expect(momentsMs.length).toBeLessThan(MAX_MOMENTS);
    expect(momentsMs.length).toBeGreaterThanOrEqual(MAX_MOMENTS / 2 - 1);
    expect(agesMs).toHaveLength(momentsMs.length);
    const gaps = new Set(momentsMs.slice(1).map((ms, index) => ms - (momentsMs[index] ?? 0)));
    expect(gaps.size).toBe(1);
    expect(momentsMs.at(-1)).toBeGreaterThan(97_000);
  });
});
