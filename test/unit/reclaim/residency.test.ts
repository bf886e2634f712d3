import { expect, it } from 'vitest';
import { HotSetWorkload } from '../../../src/reclaim/hot-set-workload.ts';
import { completeReclaimConfig } from '../../../src/reclaim/reclaim-config.ts';
import { Residency } from '../../../src/reclaim/residency.ts';

it('Residency counts evictions and refaults of hot and of cold pages, and what is there in the end', () => {
  const workload = new HotSetWorkload(completeReclaimConfig({ seed: '1', pages: 10, hot: 0.4 }));
  const pages = [...Array(10).keys()];
  const [hot = 0, otherHot = 0] = pages.filter((page) => workload.isHot(page));
  const [cold = 0, otherCold = 0] = pages.filter((page) => !workload.isHot(page));
  const residency = new Residency(workload, 10);
  for (const page of [hot, otherHot, cold, otherCold]) residency.comes(page);
  expect([residency.resident, residency.has(hot), residency.has(cold)]).toEqual([4, true, true]);
  for (const page of [hot, otherHot, cold]) residency.goes(page);
  expect([residency.resident, residency.has(hot), residency.has(otherCold)]).toEqual([1, false, true]);
  residency.comes(hot);
  residency.goes(hot);
  residency.comes(hot);
  residency.comes(cold);
  expect(residency.figures()).toEqual({
    accesses: 0,
    evictions: 4,
    hotEvictions: 3,
    refaults: { hot: 2, cold: 1 },
    hotResident: 1 / 4,
  });
  expect([hot, otherHot, cold].map((page) => residency.hotEvictions((each) => each === page))).toEqual([2, 1, 0]);
});
