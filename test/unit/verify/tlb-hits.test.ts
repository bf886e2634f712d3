import { describe, expect, it } from 'vitest';
import { Interleaving } from '../../support/verify/interleaving.ts';

const PAGE = 1;

describe('An access through the TLB', () => {
  it('may be lost, and is counted as tolerated', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.clear(PAGE, 'young');
    run.hitTlb(0, PAGE);
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{}, { 'tlb-hit': 1 }]);
  });

  it('is not counted if the clear before reported it', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.hitTlb(0, PAGE);
    run.clear(PAGE, 'young');
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{}, {}]);
  });

  it('is not counted if it happened during the call', () => {
    const run = new Interleaving();
    run.clear(PAGE, 'old', () => run.hitTlb(0, PAGE));
    expect([run.violations, run.tolerated]).toEqual([{}, {}]);
  });

  it('does not excuse the loss of one by a walk', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.hitTlb(0, PAGE);
    run.hitTlb(1, PAGE);
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{ 'access-lost': 1 }, {}]);
  });

  it('does not make a page young', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.access(0, PAGE + 1);
    run.clear(PAGE, 'young');
    run.hitTlb(0, PAGE);
    run.clear(PAGE, 'young');
    expect([run.violations, run.tolerated]).toEqual([{ 'access-misreported': 1 }, {}]);
  });
});
