import { beforeEach, describe, expect, it } from 'vitest';
import { GhostEvent } from '../../../src/shared/ghost-event.ts';
import { MMU_PRESENT, PAGE_SIZE_BIT } from '../../../src/shared/spte.ts';
import { SequentialOracle } from '../../../src/verify/sequential-oracle.ts';

const SMALL = MMU_PRESENT;
const LARGE = MMU_PRESENT | PAGE_SIZE_BIT;
const PAGES = 8;
const PAGES_PER_LARGE_LEAF = 4;

let oracle: SequentialOracle;

beforeEach(() => {
  oracle = new SequentialOracle(PAGES, PAGES_PER_LARGE_LEAF);
});

function access(page: number): void {
  oracle.note(GhostEvent.accessEnd, page, SMALL);
}

/** A clear of one page that finds these pages young, and what is wrong with it. */
function clear(page: number, found: readonly number[], spte = SMALL) {
  oracle.beginCall();
  for (const young of found) oracle.note(GhostEvent.clearedYoung, young, spte);
  return oracle.endCall(page, page + 1, true, found.length > 0).map(({ property, reason }) => [property, reason]);
}

describe('An access', () => {
  it('is reported once', () => {
    access(1);
    expect(clear(1, [1])).toEqual([]);
    expect(clear(1, [1])).toEqual([['access-misreported', null]]);
  });

  it('that no call reports is lost', () => {
    access(1);
    expect(clear(1, [])).toEqual([['access-lost', null]]);
  });

  it('through the TLB is lost for a reason, once', () => {
    oracle.note(GhostEvent.tlbHit, 1, SMALL);
    expect(clear(1, [])).toEqual([['access-lost', 'tlb-hit']]);
    expect(clear(1, [])).toEqual([]);
  });

  it('is lost for a reason if its SPTE was zapped', () => {
    access(1);
    oracle.note(GhostEvent.zapEnd, 1, SMALL);
    expect(clear(1, [])).toEqual([['access-lost', 'zapped']]);
  });
});

describe('Of a 2M leaf', () => {
  const leaf = [0, 1, 2, 3];

  it('a page without an access is reported young for a reason', () => {
    access(1);
    expect(clear(2, leaf, LARGE)).toEqual([['access-misreported', 'huge-granularity']]);
  });

  it('one page tells of all: the others may be old afterwards', () => {
    access(1);
    clear(2, leaf, LARGE);
    expect(clear(1, [])).toEqual([]);
  });

  it('the others may still be young by another SPTE, once', () => {
    access(1);
    clear(2, leaf, LARGE);
    expect(clear(1, [1])).toEqual([]);
    expect(clear(1, [1])).toEqual([['access-misreported', null]]);
  });

  it('the others are old for good once a call has said so', () => {
    access(1);
    clear(2, leaf, LARGE);
    clear(1, []);
    expect(clear(1, [1])).toEqual([['access-misreported', null]]);
  });
});
