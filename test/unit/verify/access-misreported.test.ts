import { describe, expect, it } from 'vitest';
import { Interleaving } from '../../support/verify/interleaving.ts';

const PAGE = 1;
const ELSEWHERE = 2;

/** vCPUs stay at the page of their last access: here they have all gone elsewhere. */
function accessedOnceAndLeft(): Interleaving {
  const run = new Interleaving();
  run.access(0, PAGE);
  run.access(0, ELSEWHERE);
  return run;
}

describe('A page is misreported', () => {
  it('if nobody has ever accessed it', () => {
    const run = new Interleaving();
    run.clear(PAGE, 'young');
    expect(run.violations).toEqual({ 'access-misreported': 1 });
  });

  it('if a clear reports it twice for one access', () => {
    const run = accessedOnceAndLeft();
    run.clear(PAGE, 'young');
    run.clear(PAGE, 'young');
    expect(run.violations).toEqual({ 'access-misreported': 1 });
    expect(run.details).toEqual([expect.stringContaining('the last access to it ended before epoch')]);
  });

  it('if a test reports it after a clear has', () => {
    const run = accessedOnceAndLeft();
    run.clear(PAGE, 'young');
    run.test(PAGE, 'young');
    expect(run.violations).toEqual({ 'access-misreported': 1 });
  });

  it('if the only vCPU that is at work is at another page', () => {
    const run = accessedOnceAndLeft();
    run.clear(PAGE, 'young');
    run.beginAccess(1, ELSEWHERE);
    run.clear(PAGE, 'young');
    expect(run.violations).toEqual({ 'access-misreported': 1 });
  });
});

describe('No page is misreported', () => {
  it('after an access', () => {
    const run = accessedOnceAndLeft();
    run.test(PAGE, 'young');
    run.test(PAGE, 'young');
    run.clear(PAGE, 'young');
    expect(run.violations).toEqual({});
  });

  it('while a vCPU is on it: its leaf step may have been done', () => {
    const run = accessedOnceAndLeft();
    run.clear(PAGE, 'young');
    run.beginAccess(1, PAGE);
    run.clear(PAGE, 'young');
    expect(run.violations).toEqual({});
  });

  it('if the access ended inside the last clear that reported it, behind that harvest', () => {
    const run = accessedOnceAndLeft();
    run.clear(PAGE, 'young', () => {
      run.access(1, PAGE);
      run.access(1, ELSEWHERE);
    });
    run.clear(PAGE, 'young');
    expect(run.violations).toEqual({});
  });

  it('if the access ended inside the call that reports it', () => {
    const run = accessedOnceAndLeft();
    run.clear(PAGE, 'young');
    run.clear(PAGE, 'young', () => {
      run.access(1, PAGE);
      run.access(1, ELSEWHERE);
    });
    expect(run.violations).toEqual({});
  });

  it('if an access that began long before that clear ended after it', () => {
    const run = accessedOnceAndLeft();
    run.beginAccess(1, PAGE);
    run.clear(PAGE, 'young');
    for (let i = 0; i < 10; i++) run.clear(ELSEWHERE, 'old');
    run.endAccess(1, PAGE);
    run.access(1, ELSEWHERE);
    run.clear(PAGE, 'young');
    expect(run.violations['access-misreported']).toBeUndefined();
  });

  it('if the calls before lost the access that they report at last', () => {
    const run = accessedOnceAndLeft();
    run.clear(PAGE, 'old');
    run.clear(PAGE, 'young');
    expect(run.violations).toEqual({ 'access-lost': 1 });
  });
});
