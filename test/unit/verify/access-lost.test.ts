import { describe, expect, it } from 'vitest';
import { Interleaving } from '../../support/verify/interleaving.ts';

const PAGE = 1;

describe('An access is lost', () => {
  it('if it ended before a clear that answers old', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.clear(PAGE, 'old');
    expect(run.violations).toEqual({ 'access-lost': 1 });
    expect(run.details).toEqual([expect.stringContaining('vcpu0 accessed the page between epochs 1 and 1')]);
  });

  it('if it ended before a test that answers old', () => {
    const run = new Interleaving();
    run.access(1, PAGE);
    run.test(PAGE, 'old');
    expect(run.violations).toEqual({ 'access-lost': 1 });
  });

  it('if it began after the last clear that reported the page had ended', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.clear(PAGE, 'young');
    run.access(0, PAGE);
    run.clear(PAGE, 'old');
    expect(run.violations).toEqual({ 'access-lost': 1 });
  });

  it('if a test reported it young and the clear that follows does not', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.test(PAGE, 'young');
    run.clear(PAGE, 'old');
    expect(run.violations).toEqual({ 'access-lost': 1 });
  });

  it('if another vCPU accesses the page at the same time as the call', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.clear(PAGE, 'old', () => run.access(1, PAGE));
    expect(run.violations).toEqual({ 'access-lost': 1 });
  });

  it('once only, however often the page is called old afterwards', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    for (let i = 0; i < 3; i++) run.clear(PAGE, 'old');
    expect(run.violations).toEqual({ 'access-lost': 1 });
  });

  it('again if it happens again', () => {
    const run = new Interleaving();
    for (let i = 0; i < 3; i++) {
      run.access(0, PAGE);
      run.clear(PAGE, 'old');
    }
    expect(run.violations).toEqual({ 'access-lost': 3 });
  });

  it('if the page was cleared but not reported', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.aging.beginCall();
    run.aging.endCall();
    // The range answered old for this page, whatever the walk noted.
    run.aging.judgeClear(PAGE, 1);
    expect(run.violations).toEqual({ 'access-lost': 1 });
  });
});

describe('No access is lost', () => {
  it('while nobody has accessed the page', () => {
    const run = new Interleaving();
    run.access(0, PAGE + 1);
    run.clear(PAGE, 'old');
    run.test(PAGE, 'old');
    expect(run.violations).toEqual({});
  });

  it('while it is still open when the call ends: its leaf step may come later', () => {
    const run = new Interleaving();
    run.beginAccess(0, PAGE);
    run.clear(PAGE, 'old');
    run.endAccess(0, PAGE);
    expect(run.violations).toEqual({});
    run.clear(PAGE, 'young');
    expect(run.violations).toEqual({});
  });

  it('if it began before the call and ended inside it', () => {
    const run = new Interleaving();
    run.beginAccess(0, PAGE);
    run.clear(PAGE, 'old', () => run.endAccess(0, PAGE));
    expect(run.violations).toEqual({});
  });

  it('if it began and ended inside the call, behind the harvest of its page', () => {
    const run = new Interleaving();
    run.clear(PAGE, 'old', () => run.access(0, PAGE));
    expect(run.violations).toEqual({});
  });

  it('if the last clear reported it', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.clear(PAGE, 'young');
    run.clear(PAGE, 'old');
    run.test(PAGE, 'old');
    expect(run.violations).toEqual({});
  });

  it('if it happened inside the last clear that reported the page: it may be what that clear found', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.clear(PAGE, 'young', () => run.access(1, PAGE));
    run.clear(PAGE, 'old');
    expect(run.violations).toEqual({});
  });

  it('if it began before the last clear that reported the page and ended after it', () => {
    const run = new Interleaving();
    run.beginAccess(0, PAGE);
    run.clear(PAGE, 'young');
    run.endAccess(0, PAGE);
    run.clear(PAGE, 'old');
    expect(run.violations).toEqual({});
  });

  it('if it stayed open so long that nobody can tell when it began', () => {
    const run = new Interleaving();
    run.beginAccess(0, PAGE);
    for (let i = 0; i < 10; i++) run.clear(PAGE + 1, 'old');
    run.endAccess(0, PAGE);
    run.clear(PAGE, 'old');
    expect(run.violations).toEqual({});
  });

  it('by a call that does not cover its page', () => {
    const run = new Interleaving();
    run.access(0, PAGE);
    run.aging.beginCall();
    run.aging.endCall();
    run.aging.judgeClear(PAGE, 0);
    run.aging.judgeTest(PAGE, 0);
    expect(run.violations).toEqual({});
    run.clear(PAGE, 'young');
    expect(run.violations).toEqual({});
  });
});
