import { describe, expect, it } from 'vitest';
import { Interleaving } from '../../support/verify/interleaving.ts';

const PAGE = 1;

describe('An access through a root that becomes invalid', () => {
  it('may be lost while the root is made invalid, if aging skips invalid roots', () => {
    const run = new Interleaving({ skipsInvalidRoots: true });
    run.access(0, PAGE);
    run.beginRootInvalidation();
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{}, { 'invalid-root': 1 }]);
  });

  it('may be lost afterwards, if aging skips invalid roots', () => {
    const run = new Interleaving({ skipsInvalidRoots: true });
    run.access(0, PAGE);
    run.beginRootInvalidation();
    run.endRootInvalidation();
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{}, { 'invalid-root': 1 }]);
  });

  it('may not be lost if aging visits invalid roots', () => {
    const run = new Interleaving({ skipsInvalidRoots: false });
    run.access(0, PAGE);
    run.beginRootInvalidation();
    run.endRootInvalidation();
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{ 'access-lost': 1 }, {}]);
  });

  it('may be lost once its entry is zapped, whether or not aging skips invalid roots', () => {
    const run = new Interleaving({ skipsInvalidRoots: false });
    run.access(0, PAGE);
    run.beginRootInvalidation();
    run.endRootInvalidation();
    run.zap(PAGE);
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{}, { zapped: 1 }]);
  });
});

it('An access through the next root may not be lost', () => {
  const run = new Interleaving({ skipsInvalidRoots: true });
  run.beginRootInvalidation();
  run.endRootInvalidation();
  run.clear(PAGE + 1, 'old');
  run.access(0, PAGE);
  run.clear(PAGE, 'old');
  expect([run.violations, run.tolerated]).toEqual([{ 'access-lost': 1 }, {}]);
});
