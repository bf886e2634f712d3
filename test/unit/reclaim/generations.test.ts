import { describe, expect, it } from 'vitest';
import { Generations } from '../../../src/reclaim/generations.ts';

/** With pages in the older of two generations; who ages these once can evict them. */
function withPages(pages: readonly number[]): Generations {
  const generations = new Generations(256);
  for (const page of pages) generations.add(page);
  // The empty ones go.
  generations.isolate();
  generations.incMaxSeq();
  generations.isolate();
  return generations;
}

describe('Generations', () => {
  it('are four at first, and pages come into the youngest', () => {
    const generations = new Generations(256);
    generations.add(7);
    expect([generations.minSeq, generations.maxSeq, generations.nrGens]).toEqual([0, 3, 4]);
    expect([generations.seqOf(7), generations.seqOf(8)]).toEqual([3, undefined]);
  });

  it('let empty old ones go, but two stay: eviction has to wait for aging', () => {
    const generations = new Generations(256);
    generations.add(7);
    expect(generations.isolate()).toEqual([]);
    expect([generations.minSeq, generations.maxSeq]).toEqual([2, 3]);
    generations.incMaxSeq();
    expect(generations.isolate()).toEqual([]);
    expect([generations.minSeq, generations.maxSeq, generations.seqOf(7)]).toEqual([3, 4, 3]);
    expect(generations.isolate()).toEqual([]);
    generations.incMaxSeq();
    expect(generations.isolate()).toEqual([7]);
  });

  it('are four at most', () => {
    const generations = withPages([0]);
    generations.incMaxSeq();
    generations.incMaxSeq();
    expect([generations.minSeq, generations.maxSeq, generations.nrGens]).toEqual([3, 6, 4]);
    expect(() => generations.incMaxSeq()).toThrow('as many generations as there may be');
  });

  it('hand out the oldest pages first, in batches of 64, and none that is handed out already', () => {
    const pages = Array.from({ length: 100 }, (_, i) => 199 - i);
    const generations = withPages(pages);
    generations.incMaxSeq();
    expect(generations.isolate()).toEqual(pages.slice(0, 64));
    expect(generations.isolate()).toEqual(pages.slice(64));
    expect(generations.isolate()).toEqual([]);
    expect(pages.map((page) => generations.seqOf(page))).toEqual(pages.map(() => undefined));
  });

  it('hand out no page that was promoted, until its new generation is the oldest', () => {
    const generations = withPages([0, 1, 2]);
    generations.promote(1);
    expect([0, 1, 2].map((page) => generations.seqOf(page))).toEqual([3, 4, 3]);
    generations.incMaxSeq();
    expect(generations.isolate()).toEqual([0, 2]);
    expect(generations.isolate()).toEqual([]);
    generations.incMaxSeq();
    expect(generations.isolate()).toEqual([1]);
  });

  it('sort a promoted page in behind those that came into its generation', () => {
    const generations = withPages([0, 1]);
    generations.promote(0);
    generations.add(2);
    generations.incMaxSeq();
    expect(generations.isolate()).toEqual([1]);
    generations.incMaxSeq();
    expect(generations.isolate()).toEqual([2, 0]);
  });

  it('go on when their numbers have been used before', () => {
    const generations = withPages([0]);
    for (let seq = 5; seq < 20; seq += 2) {
      generations.incMaxSeq();
      expect(generations.isolate()).toEqual([0]);
      generations.add(0);
      expect([generations.maxSeq, generations.seqOf(0)]).toEqual([seq, seq]);
      generations.incMaxSeq();
      generations.isolate();
    }
  });

  it('remember of an isolated page that it was found young, until it is put back', () => {
    const generations = withPages([0, 1]);
    generations.incMaxSeq();
    expect(generations.isolate()).toEqual([0, 1]);
    generations.promote(1);
    expect([generations.isReferenced(0), generations.isReferenced(1)]).toEqual([false, true]);
    generations.add(1);
    expect([generations.seqOf(1), generations.isReferenced(1)]).toEqual([generations.maxSeq, false]);
  });
});
