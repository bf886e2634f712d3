import { describe, expect, it } from 'vitest';
import { MglruReclaimer } from '../../../src/reclaim/mglru-reclaimer.ts';
import { OutOfMemory } from '../../../src/reclaim/out-of-memory.ts';
import { ScriptedReports } from '../../support/reclaim/scripted-reports.ts';

const PAGES = 128;

function reclaimerOf(pages: readonly number[]): { reports: ScriptedReports; reclaimer: MglruReclaimer } {
  const reports = new ScriptedReports();
  const reclaimer = new MglruReclaimer(PAGES, reports);
  for (const page of pages) reclaimer.faultedIn(page);
  return { reports, reclaimer };
}

function evictedBy(reclaimer: MglruReclaimer): number[] {
  const evicted: number[] = [];
  reclaimer.reclaim((page) => evicted.push(page));
  return evicted;
}

/** Pages [first, end). */
function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, i) => first + i);
}

describe('MglruReclaimer', () => {
  it('ages until there is something cold, and evicts the oldest batch', () => {
    const { reports, reclaimer } = reclaimerOf(range(0, 100));
    expect(evictedBy(reclaimer)).toEqual(range(0, 64));
    expect([reports.walks, reports.checks]).toEqual([2, range(0, 64)]);
    expect(reclaimer.work()).toEqual({ agingPasses: 2, checked: 64, kept: 0 });
  });

  it('makes no pass while there are four generations', () => {
    const { reports, reclaimer } = reclaimerOf(range(0, 128));
    reclaimer.age();
    expect(reports.walks).toBe(0);
    evictedBy(reclaimer);
    // Two passes were made for it, and left three generations; one more, and there are four.
    expect(reports.walks).toBe(2);
    for (let i = 0; i < 3; i++) reclaimer.age();
    expect([reports.walks, reclaimer.work().agingPasses]).toEqual([3, 3]);
  });

  it('goes on until it has freed 32 pages', () => {
    const { reports, reclaimer } = reclaimerOf(range(0, 100));
    for (const page of range(0, 40)) reports.youngToCheck.set(page, [page]);
    expect(evictedBy(reclaimer)).toEqual([...range(40, 64), ...range(64, 100)]);
    expect(reclaimer.work()).toMatchObject({ checked: 100, kept: 40 });
  });

  it('evicts what a walk found young after what it found old, and before what was faulted in since', () => {
    const { reports, reclaimer } = reclaimerOf(range(0, 96));
    reports.youngToWalk = range(0, 32);
    // Pages 32 to 95 are older: the walks on the way here have found the others young.
    expect(evictedBy(reclaimer)).toEqual(range(32, 96));
    for (const page of range(96, 128)) reclaimer.faultedIn(page);
    reports.youngToWalk = [];
    expect([evictedBy(reclaimer), evictedBy(reclaimer)]).toEqual([range(0, 32), range(96, 128)]);
  });

  it('keeps what its check finds referenced, in the youngest generation', () => {
    const { reports, reclaimer } = reclaimerOf(range(0, 64));
    reports.youngToCheck.set(5, [5]);
    expect(evictedBy(reclaimer)).toEqual(range(0, 64).filter((page) => page !== 5));
    expect(reclaimer.work().kept).toBe(1);
    reports.youngToCheck.clear();
    for (const page of range(64, 128)) reclaimer.faultedIn(page);
    // It has gone to the youngest generation, where it is older than what came later.
    expect(evictedBy(reclaimer)[0]).toBe(5);
  });

  it('keeps neighbours that a look-around found young, without asking about those that are about to be evicted', () => {
    const { reports, reclaimer } = reclaimerOf(range(0, 100));
    reports.youngToCheck.set(3, [2, 3, 4, 5, 80]);
    expect(evictedBy(reclaimer)).toEqual(range(0, 64).filter((page) => ![3, 4, 5].includes(page)));
    expect(reports.checks).toEqual(range(0, 64).filter((page) => page !== 4 && page !== 5));
    expect(reclaimer.work()).toMatchObject({ checked: 62, kept: 3 });
    expect(evictedBy(reclaimer)).toEqual(range(64, 100).filter((page) => page !== 80));
  });

  it('is content with fewer pages if there are no more', () => {
    const { reclaimer } = reclaimerOf([4, 2]);
    expect(evictedBy(reclaimer)).toEqual([4, 2]);
  });

  it('gives up if everything is always referenced', () => {
    const { reports, reclaimer } = reclaimerOf([0, 1]);
    for (const page of [0, 1]) reports.youngToCheck.set(page, [page]);
    expect(() => evictedBy(reclaimer)).toThrow(new OutOfMemory('after 12 aging passes no page could be evicted'));
    expect(reclaimer.work().agingPasses).toBe(12);
  });
});
