import { describe, expect, it } from 'vitest';
import { Interleaving } from '../../support/verify/interleaving.ts';

const PAGE = 1;

describe('A zap excuses that an access before it is lost', () => {
  it('if it ended after the access', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.zap(PAGE);
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{}, { zapped: 1 }]);
  });

  it('while it runs', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.beginZap(PAGE);
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{}, { zapped: 1 }]);
  });

  it('if it ended while the access was open', () => {
    const run = new Interleaving();
    run.beginAccess(0, PAGE);
    run.zap(PAGE);
    run.endAccess(0, PAGE);
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{}, { zapped: 1 }]);
  });

  it('whichever host thread zaps', () => {
    const run = new Interleaving({ zappers: 2 });
    run.access(0, PAGE);
    run.zap(PAGE, 'present', 1);
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{}, { zapped: 1 }]);
  });

  it('if another root had no entry left to zap afterwards', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.zap(PAGE);
    run.zap(PAGE, 'nonpresent');
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{}, { zapped: 1 }]);
  });
});

describe('A zap excuses nothing', () => {
  it('if the access began after it', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.zap(PAGE);
    run.clear(PAGE, 'old');
    run.access(0, PAGE);
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{ 'access-lost': 1 }, { zapped: 1 }]);
  });

  it('if it zapped another page', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.zap(PAGE + 1);
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{ 'access-lost': 1 }, {}]);
  });

  it('if there was nothing to zap', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.zap(PAGE, 'nonpresent');
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{ 'access-lost': 1 }, {}]);
  });

  it('if it comes after the loss', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.clear(PAGE, 'old');
    run.zap(PAGE);
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{ 'access-lost': 1 }, {}]);
  });
});
