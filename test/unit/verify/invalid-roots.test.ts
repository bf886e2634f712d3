import { describe, expect, it } from 'vitest';
import { Interleaving } from '../../support/verify/interleaving.ts';

const PAGE = 1;

describe('An access through a root that becomes invalid', () => {
  it('may be lost while the root is made invalid, if aging skips invalid roots', () => {
    const run = new Interleaving({ rootZapsExcuse: 'invalid-root' });
    run.access(0, PAGE);
    run.beginRootInvalidation();
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{}, { 'invalid-root': 1 }]);
  });

  it('may be lost afterwards, if aging skips invalid roots', () => {
    const run = new Interleaving({ rootZapsExcuse: 'invalid-root' });
    run.access(0, PAGE);
    run.beginRootInvalidation();
    run.endRootInvalidation();
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{}, { 'invalid-root': 1 }]);
  });

  it('may not be lost if aging visits invalid roots', () => {
    const run = new Interleaving({ rootZapsExcuse: null });
    run.access(0, PAGE);
    run.beginRootInvalidation();
    run.endRootInvalidation();
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{ 'access-lost': 1 }, {}]);
  });

  it('may be lost once its entry is zapped, whether or not aging skips invalid roots', () => {
    const run = new Interleaving({ rootZapsExcuse: null });
    run.access(0, PAGE);
    run.beginRootInvalidation();
    run.endRootInvalidation();
    run.zap(PAGE);
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{}, { zapped: 1 }]);
  });
});

it('An access through the next root may not be lost', () => {
  const run = new Interleaving({ rootZapsExcuse: 'invalid-root' });
  run.beginRootInvalidation();
  run.endRootInvalidation();
  run.clear(PAGE + 1, 'old');
  run.access(0, PAGE);
  run.clear(PAGE, 'old');
  expect([run.violations, run.tolerated]).toEqual([{ 'access-lost': 1 }, {}]);
});

describe('An access that a table knows which is cut off from its root', () => {
  const lost = (tellsTeardowns: boolean, rootZapsExcuse: 'zapped' | null): Interleaving => {
    const run = new Interleaving({ rootZapsExcuse, tellsTeardowns });
    run.access(0, PAGE);
    run.beginTeardown();
    run.clear(PAGE, 'old');
    run.endTeardown();
    return run;
  };

  it('is on its way to the host page, where aging and zaps take no turns', () => {
    const run = lost(true, 'zapped');
    expect([run.violations, run.tolerated]).toEqual([{}, { zapped: 1 }]);
  });

  it('is lost where they do, since then no call can come in between', () => {
    expect(lost(true, null).violations).toEqual({ 'access-lost': 1 });
    expect(lost(false, 'zapped').violations).toEqual({ 'access-lost': 1 });
  });
});
