import { describe, expect, it } from 'vitest';
import { GhostEvent } from '../../../src/shared/ghost-event.ts';
import { BACKING_MAX } from '../../../src/shared/spte.ts';
import { invalidationMonitor } from '../../../src/verify/invalidation-monitor.ts';
import { leaf, MonitorRun } from '../../support/verify/monitor-run.ts';

const MM = 3;
const start = (): MonitorRun => new MonitorRun(invalidationMonitor);
const revoked = (version: number, page = 0): MonitorRun => start().note(MM, GhostEvent.revoked, page, version);

const reaching: readonly number[] = [
  GhostEvent.accessEnd,
  GhostEvent.tlbHit,
  GhostEvent.revoked,
  GhostEvent.spteStored,
];

describe('use-after-invalidate', () => {
  it('is an access to a version that the host has taken back', () => {
    expect(revoked(4).access(0, 0, 4).breaches).toEqual([
      {
        property: 'use-after-invalidate',
        class: 'forbidden',
        reason: null,
        page: 0,
        message: 'an access through an SPTE reaches version 4 of page 0, and the host has taken back version 4',
      },
    ]);
  });

  it('is one to an older version, too, and none to a newer one', () => {
    expect(revoked(4).access(0, 0, 3).found).toEqual(['use-after-invalidate']);
    expect(revoked(4).access(0, 0, 0).found).toEqual(['use-after-invalidate']);
    expect(revoked(4).access(0, 0, 5).found).toEqual([]);
  });

  it('is one to version 0: it is told from no invalidation at all', () => {
    expect(start().access(0, 0, 0).found).toEqual([]);
    expect(revoked(0).access(0, 0, 0).found).toEqual(['use-after-invalidate']);
    expect(revoked(0).access(0, 0, 1).found).toEqual([]);
  });

  it('is none that ended before, or that reaches another page', () => {
    expect(start().access(0, 0, 4).note(MM, GhostEvent.revoked, 0, 4).found).toEqual([]);
    expect(revoked(4).access(0, 1, 4).found).toEqual([]);
  });

  it('depends on when an access ends, not on when it begins', () => {
    expect(start().beginAccess(0).note(MM, GhostEvent.revoked, 0, 2).endAccess(0, 0, 2).found).toEqual([
      'use-after-invalidate',
    ]);
    expect(revoked(2).beginAccess(0).found).toEqual([]);
  });

  it('is one through the TLB, and says so', () => {
    const hit = revoked(2).note(0, GhostEvent.tlbHit, 0, leaf(2));
    expect(hit.breaches).toMatchObject([{ message: expect.stringMatching(/^an access through the TLB reaches /) }]);
    expect(revoked(2).note(0, GhostEvent.tlbHit, 0, leaf(3)).found).toEqual([]);
  });

  it('is judged by the version that was taken back last', () => {
    const run = revoked(2).note(MM, GhostEvent.revoked, 0, 3);
    expect(run.access(0, 0, 3).access(0, 0, 4).found).toEqual(['use-after-invalidate']);
  });

  it('counts versions round: behind the largest comes 0', () => {
    expect(revoked(BACKING_MAX).access(0, 0, BACKING_MAX).found).toEqual(['use-after-invalidate']);
    expect(revoked(BACKING_MAX).access(0, 0, 0).found).toEqual([]);
    expect(revoked(0).access(0, 0, BACKING_MAX).found).toEqual(['use-after-invalidate']);
  });

  it('is an SPTE that aging has stored over one that was zapped, whoever comes first', () => {
    const before = new MonitorRun(invalidationMonitor).note(1, GhostEvent.spteStored, 0, leaf(2));
    expect(before.note(0, GhostEvent.revoked, 0, 2).found).toEqual(['use-after-invalidate']);
    expect(revoked(2).note(1, GhostEvent.spteStored, 0, leaf(2)).found).toEqual(['use-after-invalidate']);
    expect(revoked(2).note(1, GhostEvent.spteStored, 0, leaf(3)).found).toEqual([]);
  });

  it('is no SPTE that was stored and then zapped', () => {
    const run = new MonitorRun(invalidationMonitor).note(1, GhostEvent.spteStored, 0, leaf(2));
    expect(run.note(0, GhostEvent.zapEnd, 0, leaf(2)).note(0, GhostEvent.revoked, 0, 2).found).toEqual([]);
    const missed = new MonitorRun(invalidationMonitor).note(0, GhostEvent.zapEnd, 0, 0);
    missed.note(1, GhostEvent.spteStored, 0, leaf(2)).note(0, GhostEvent.zapEnd, 0, 0);
    expect(missed.note(0, GhostEvent.revoked, 0, 2).found).toEqual(['use-after-invalidate']);
  });

  it('is nothing that zaps, faults or calls do', () => {
    const run = revoked(2);
    for (const event of Object.values(GhostEvent)) {
      if (reaching.includes(event)) continue;
      run.note(1, event, 0, leaf(2));
    }
    expect(run.found).toEqual([]);
  });
});
