import { describe, expect, it } from 'vitest';
import { Generations } from '../../../src/reclaim/generations.ts';

function withPages(pages: readonly number[]): Generations {
  const generations = new Generations(256);
  for (const page of pages) generations.add(page);
  return generations;
}

/** Passes in which nothing is found young, until the generation that was the youngest at first is the oldest. */
function ageToOldest(generations: Generations): void {
  for (let pass = 0; pass < 3; pass++) generations.incMaxSeq();
}

describe('Generations', () => {
  it('are four at first, and pages come into the youngest', () => {
    const generations = withPages([7]);
    expect([generations.minSeq, generations.maxSeq, generations.nrGens]).toEqual([0, 3, 4]);
    expect([generations.seqOf(7), generations.seqOf(8)]).toEqual([3, undefined]);
  });

  it('let empty old ones go, but two stay: eviction has to wait for aging', () => {
    const generations = withPages([7]);
    expect(generations.isolate()).toEqual([]);
    expect([generations.minSeq, generations.maxSeq]).toEqual([2, 3]);
    expect(generations.isolate()).toEqual([]);
    generations.incMaxSeq();
    // Generation 2 is empty, and 3 is one of the two youngest once that is gone.
    expect(generations.isolate()).toEqual([]);
    expect([generations.minSeq, generations.maxSeq]).toEqual([3, 4]);
    expect(generations.isolate()).toEqual([]);
    generations.incMaxSeq();
    expect(generations.isolate()).toEqual([7]);
  });

  it('hand out the oldest pages first, in batches of 64, and none that is handed out already', () => {
    const pages = Array.from({ length: 100 }, (_, i) => 199 - i);
    const generations = withPages(pages);
    ageToOldest(generations);
    expect(generations.isolate()).toEqual(pages.slice(0, 64));
    expect(generations.isolate()).toEqual(pages.slice(64));
    expect(generations.isolate()).toEqual([]);
    expect(pages.map((page) => generations.seqOf(page))).toEqual(pages.map(() => undefined));
  });

  it('hand out no page that was promoted', () => {
    const generations = withPages([0, 1, 2]);
    generations.incMaxSeq();
    generations.promote(1);
    expect([0, 1, 2].map((page) => generations.seqOf(page))).toEqual([3, 4, 3]);
    generations.incMaxSeq();
    generations.incMaxSeq();
    expect(generations.isolate()).toEqual([0, 2]);
    expect(generations.isolate()).toEqual([1]);
  });

  it('sort a promoted page in behind those that came into its generation', () => {
    const generations = withPages([0, 1]);
    generations.incMaxSeq();
    generations.add(2);
    generations.promote(0);
    generations.incMaxSeq();
    generations.incMaxSeq();
    expect(generations.isolate()).toEqual([1]);
    expect(generations.isolate()).toEqual([2, 0]);
  });

  it('remember of an isolated page that it was found young, until it is put back', () => {
    const generations = withPages([0, 1]);
    ageToOldest(generations);
    expect(generations.isolate()).toEqual([0, 1]);
    generations.promote(1);
    expect([generations.isReferenced(0), generations.isReferenced(1)]).toEqual([false, true]);
    generations.add(1);
    expect([generations.seqOf(1), generations.isReferenced(1)]).toEqual([generations.maxSeq, false]);
  });

  it('forget that a page was found young before it was isolated', () => {
    const generations = new Generations(2);
    generations.promote(0);
    generations.add(0);
    expect(generations.isReferenced(0)).toBe(false);
    generations.add(1);
    ageToOldest(generations);
    generations.isolate();
    generations.promote(1);
    generations.add(1);
    ageToOldest(generations);
    generations.isolate();
    expect(generations.isReferenced(1)).toBe(false);
  });

  it('are four at most: the oldest then joins the next, its youngest page the first to go', () => {
    const generations = withPages([0, 1]);
    generations.incMaxSeq();
    generations.add(2);
    generations.incMaxSeq();
    generations.incMaxSeq();
    expect([generations.minSeq, generations.maxSeq, generations.seqOf(0)]).toEqual([3, 6, 3]);
    generations.incMaxSeq();
    expect([generations.minSeq, generations.maxSeq, generations.nrGens]).toEqual([4, 7, 4]);
    expect([0, 1, 2].map((page) => generations.seqOf(page))).toEqual([4, 4, 4]);
    // inc_min_seq takes them from the tail and puts them at the tail: their order is reversed.
    expect(generations.isolate()).toEqual([1, 0, 2]);
  });

  it('leave a promoted page in its generation when the oldest joins the next', () => {
    const generations = withPages([0, 1]);
    ageToOldest(generations);
    generations.promote(0);
    generations.incMaxSeq();
    expect([generations.seqOf(0), generations.seqOf(1)]).toEqual([6, 4]);
    expect(generations.isolate()).toEqual([1]);
  });
});
