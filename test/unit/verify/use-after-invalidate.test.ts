import { describe, expect, it } from 'vitest';
import { Interleaving } from '../../support/verify/interleaving.ts';

const PAGE = 1;
const VERSION = 7;

describe('A version that the host took back is used after that', () => {
  it('if a walk that began later reaches it', () => {
    const run = new Interleaving();
    run.revoke(PAGE, VERSION);
    run.access(0, PAGE, VERSION);
    expect(run.violations).toEqual({ 'use-after-invalidate': 1 });
    expect(run.details).toEqual([
      'an access through a walk reached version 7 of the page; the host had taken back version 7',
    ]);
  });

  it('if a walk reaches one before it', () => {
    const run = new Interleaving();
    run.revoke(PAGE, VERSION);
    run.access(0, PAGE, VERSION - 3);
    expect(run.violations).toEqual({ 'use-after-invalidate': 1 });
  });

  it('if the TLB still has it', () => {
    const run = new Interleaving();
    run.revoke(PAGE, VERSION);
    run.hitTlb(0, PAGE, VERSION);
    expect(run.violations).toEqual({ 'use-after-invalidate': 1 });
    expect(run.details).toEqual([expect.stringContaining('through the TLB')]);
  });

  it('if it is version 0', () => {
    const run = new Interleaving();
    run.revoke(PAGE, 0);
    run.access(0, PAGE, 0);
    expect(run.violations).toEqual({ 'use-after-invalidate': 1 });
  });

  it('if versions begin again at 8192', () => {
    const run = new Interleaving();
    run.revoke(PAGE, 8192);
    run.access(0, PAGE, 8191);
    run.access(1, PAGE, 0);
    expect(run.violations).toEqual({ 'use-after-invalidate': 2 });
  });

  it('once for each version and vCPU, however often it is reached', () => {
    const run = new Interleaving();
    run.revoke(PAGE, VERSION);
    for (let i = 0; i < 5; i++) run.access(0, PAGE, VERSION);
    expect(run.violations).toEqual({ 'use-after-invalidate': 1 });
    run.access(0, PAGE, VERSION - 1);
    run.access(1, PAGE, VERSION);
    expect(run.violations).toEqual({ 'use-after-invalidate': 3 });
  });
});

describe('No version is used too late', () => {
  it('by an access to the version that followed', () => {
    const run = new Interleaving();
    run.revoke(PAGE, VERSION);
    run.access(0, PAGE, VERSION + 1);
    run.hitTlb(0, PAGE, VERSION + 1);
    expect(run.violations).toEqual({});
  });

  it('by a walk that began before it was taken back: its leaf step may have been earlier', () => {
    const run = new Interleaving();
    run.beginAccess(0, PAGE);
    run.revoke(PAGE, VERSION);
    run.endAccess(0, PAGE, VERSION);
    expect(run.violations).toEqual({});
  });

  it('by an access to another page', () => {
    const run = new Interleaving();
    run.revoke(PAGE, VERSION);
    run.access(0, PAGE + 1, VERSION);
    expect(run.violations).toEqual({});
  });

  it('by an access before anything was taken back', () => {
    const run = new Interleaving();
    run.access(0, PAGE, 0);
    run.hitTlb(0, PAGE, 0);
    expect(run.violations).toEqual({});
  });

  it('where versions begin again at 8192', () => {
    const run = new Interleaving();
    run.revoke(PAGE, 8191);
    run.access(0, PAGE, 8192);
    expect(run.violations).toEqual({});
  });
});
