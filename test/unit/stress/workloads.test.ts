import { describe, expect, it } from 'vitest';
import { derivePrng } from '../../../src/shared/seed.ts';
import { shareOf, touchOnce } from '../../../src/stress/workloads/once.ts';
import { sequentialWorkload, uniformWorkload, zipfWorkload } from '../../../src/stress/workloads/random.ts';
import { TRACE_CHUNK, traceWorkload } from '../../../src/stress/workloads/trace.ts';
import { isWrite, packAccess, pageOf, type Workload } from '../../../src/stress/workloads/workload.ts';

const PAGES = 1000;

function take(workload: Workload, count: number, chunkSize = 64): number[] {
  const chunk = new Int32Array(chunkSize);
  const accesses: number[] = [];
  while (accesses.length < count) {
    const got = workload.next(chunk);
    if (got === 0) break;
    accesses.push(...chunk.subarray(0, got));
  }
  return accesses.slice(0, count);
}

const endless: readonly (readonly [string, (seed: string, stream: string) => Workload])[] = [
  ['uniform', (seed, stream) => uniformWorkload(derivePrng(seed, stream), PAGES, 0.3)],
  ['zipf', (seed, stream) => zipfWorkload(derivePrng(seed, stream), PAGES, 0.3)],
  ['sequential', (seed, stream) => sequentialWorkload(derivePrng(seed, stream), 17, PAGES, 0.3)],
];

describe.each(endless)('The %s workload', (_name, create) => {
  it('makes the same accesses again with the same seed, however they are fetched', () => {
    const accesses = take(create('5', 'vcpu0'), 5000);
    expect(take(create('5', 'vcpu0'), 5000, 7)).toEqual(accesses);
    expect(take(create('0x5', 'vcpu0'), 5000)).toEqual(accesses);
  });

  it('makes others with another seed, and on another vCPU', () => {
    const accesses = take(create('5', 'vcpu0'), 5000);
    expect(take(create('6', 'vcpu0'), 5000)).not.toEqual(accesses);
    expect(take(create('5', 'vcpu1'), 5000)).not.toEqual(accesses);
  });

  it('stays within the pages, reaches all of them, and writes as often as asked', () => {
    const accesses = take(create('5', 'vcpu0'), 100_000);
    const pages = new Set(accesses.map(pageOf));
    expect(Math.min(...pages)).toBe(0);
    expect(Math.max(...pages)).toBe(PAGES - 1);
    expect(pages.size).toBe(PAGES);
    expect(accesses.filter(isWrite).length / accesses.length).toBeCloseTo(0.3, 1);
  });
});

it('The uniform workload reaches each page about as often as any other', () => {
  const hits = countPages(take(endless[0]?.[1]('5', 'vcpu0') as Workload, 200_000));
  // Expected 200 each, standard deviation 14.
  expect(Math.min(...hits)).toBeGreaterThan(100);
  expect(Math.max(...hits)).toBeLessThan(300);
});

it('The zipf workload reaches pages as often as their ranks say', () => {
  const draws = 200_000;
  const byRank = countPages(take(endless[1]?.[1]('5', 'vcpu0') as Workload, draws)).sort((a, b) => b - a);
  const weights = Array.from({ length: PAGES }, (_, i) => (i + 1) ** -0.99);
  const total = weights.reduce((a, b) => a + b);
  for (const rank of [1, 2, 3, 10, 50]) {
    const expected = (draws * (weights[rank - 1] as number)) / total;
    expect((byRank[rank - 1] as number) / expected).toBeGreaterThan(0.8);
    expect((byRank[rank - 1] as number) / expected).toBeLessThan(1.25);
  }
});

it('The zipf workload has the same hot page on each vCPU', () => {
  const hottest = (stream: string): number => {
    const hits = countPages(take(zipfWorkload(derivePrng('5', stream), PAGES, 0.3), 20_000));
    return hits.indexOf(Math.max(...hits));
  };
  expect(hottest('vcpu0')).toBe(hottest('vcpu1'));
});

it.each([1, 2, 3])('Workloads manage with %i pages', (pages) => {
  const prng = derivePrng('5', 'few');
  const all = Array.from({ length: pages }, (_, page) => page);
  for (const workload of [
    uniformWorkload(prng, pages, 0.5),
    zipfWorkload(prng, pages, 0.5),
    sequentialWorkload(prng, pages - 1, pages, 0.5),
  ]) {
    expect([...new Set(take(workload, 1000).map(pageOf))].sort((a, b) => a - b)).toEqual(all);
  }
});

it('The sequential workload goes from page to page and begins again behind the last', () => {
  const pages = take(sequentialWorkload(derivePrng('5', 'vcpu0'), 3, 5, 0), 7).map(pageOf);
  expect(pages).toEqual([3, 4, 0, 1, 2, 3, 4]);
});

describe('Touching once', () => {
  it.each([1, 2, 3, 7])('reaches each page exactly once, by %i vCPUs together', (vcpus) => {
    const touched = Array.from({ length: vcpus }, (_, vcpu) =>
      take(touchOnce(derivePrng('5', `vcpu${vcpu}`), shareOf(PAGES, vcpus, vcpu), 0.5), Infinity),
    );
    const pages = touched.flat().map(pageOf);
    expect(pages.toSorted((a, b) => a - b)).toEqual(Array.from({ length: PAGES }, (_, page) => page));
  });

  it('leaves a vCPU without work if there are more vCPUs than pages', () => {
    const counts = Array.from(
      { length: 5 },
      (_, vcpu) => take(touchOnce(derivePrng('5', 'x'), shareOf(2, 5, vcpu), 1), Infinity).length,
    );
    expect(counts.reduce((a, b) => a + b)).toBe(2);
  });
});

describe('A trace', () => {
  it.each([0, 1, TRACE_CHUNK, 10 * TRACE_CHUNK + 13])('of %i accesses is made exactly once by 3 vCPUs', (length) => {
    const trace = Int32Array.from({ length }, (_, i) => packAccess(i, i % 3 === 0));
    const made = [0, 1, 2].flatMap((vcpu) => take(traceWorkload(trace, 3, vcpu), Infinity, TRACE_CHUNK));
    expect(made.toSorted((a, b) => a - b)).toEqual([...trace]);
  });

  it('is dealt chunk by chunk, in order', () => {
    const trace = Int32Array.from({ length: 4 * TRACE_CHUNK }, (_, i) => packAccess(i, false));
    const pages = take(traceWorkload(trace, 2, 1), Infinity, TRACE_CHUNK).map(pageOf);
    expect([pages[0], pages[TRACE_CHUNK], pages.length]).toEqual([TRACE_CHUNK, 3 * TRACE_CHUNK, 2 * TRACE_CHUNK]);
  });
});

function countPages(accesses: readonly number[]): number[] {
  const hits = new Array<number>(PAGES).fill(0);
  for (const access of accesses) hits[pageOf(access)] = (hits[pageOf(access)] as number) + 1;
  return hits;
}
