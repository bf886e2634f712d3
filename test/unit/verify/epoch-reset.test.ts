import { describe, expect, it } from 'vitest';
import { FIRST_EPOCH } from '../../../src/verify/oracle-words.ts';
import { Interleaving } from '../../support/verify/interleaving.ts';

const PAGE = 1;

function reset(run: Interleaving): void {
  for (let i = 0; i < 5; i++) run.clear(PAGE + 1, 'old');
  run.aging.reset();
}

describe('After a reset of the epochs', () => {
  it('they begin again', () => {
    const run = new Interleaving();
    reset(run);
    expect(run.aging.epoch).toBe(FIRST_EPOCH);
  });

  it('no earlier access is lost', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.hitTlb(1, PAGE);
    reset(run);
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{}, {}]);
  });

  it('no page is misreported for an earlier access', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.access(0, PAGE + 2);
    reset(run);
    run.test(PAGE, 'young');
    run.clear(PAGE, 'young');
    expect(run.violations).toEqual({});
  });

  it('no page is misreported that a clear had reported long before', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.clear(PAGE, 'young');
    run.access(0, PAGE);
    run.access(0, PAGE + 2);
    reset(run);
    run.clear(PAGE, 'young');
    expect(run.violations).toEqual({});
  });

  it('an earlier zap excuses nothing', () => {
    const run = new Interleaving();
    reset(run);
    for (let i = 0; i < 5; i++) run.clear(PAGE + 1, 'old');
    run.zap(PAGE);
    reset(run);
    run.access(0, PAGE);
    run.clear(PAGE, 'old');
    expect([run.violations, run.tolerated]).toEqual([{ 'access-lost': 1 }, {}]);
  });

  it('a version that was taken back before stays so', () => {
    const run = new Interleaving();
    run.revoke(PAGE, 3);
    reset(run);
    run.access(0, PAGE, 3);
    expect(run.violations).toEqual({ 'use-after-invalidate': 1 });
  });

  it('an access that nobody reports is lost as before', () => {
    const run = new Interleaving();
    reset(run);
    run.access(0, PAGE);
    run.clear(PAGE, 'old');
    expect(run.violations).toEqual({ 'access-lost': 1 });
  });

  it('a page that is reported twice for one access is misreported as before', () => {
    const run = new Interleaving();
    reset(run);
    run.access(0, PAGE);
    run.access(0, PAGE + 1);
    run.clear(PAGE, 'young');
    run.clear(PAGE, 'young');
    expect(run.violations).toEqual({ 'access-misreported': 1 });
  });
});
