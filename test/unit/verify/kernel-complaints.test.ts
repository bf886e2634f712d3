import { describe, expect, it } from 'vitest';
import { GhostEvent, KernelWarning, LockKind, LockMisuse, NEEDED_SHIFT } from '../../../src/shared/ghost-event.ts';
import { kernelComplaints } from '../../../src/verify/kernel-complaints.ts';
import { MonitorRun } from '../../support/verify/monitor-run.ts';

const complain = (event: GhostEvent, value: number): MonitorRun =>
  new MonitorRun(kernelComplaints).note(0, event, 3, value);

describe('The kernel complains', () => {
  it.each(Object.values(KernelWarning))('by WARN %i', (warning) => {
    const { breaches } = complain(GhostEvent.kernelWarning, warning);
    expect(breaches.map(({ property, page }) => [property, page])).toEqual([['kernel-warning', 3]]);
    expect(breaches[0]?.message).not.toBe('');
  });

  const { notHeld, ...others } = LockMisuse;

  it.each(Object.values(others))('of locks, misuse %i', (misuse) => {
    const { breaches } = complain(GhostEvent.lockMisuse, misuse);
    expect(breaches.map(({ property }) => property)).toEqual(['lock-discipline']);
    expect(breaches[0]?.message).not.toBe('');
  });

  it('of a lock that is not held: a lockdep assertion is a WARN as well', () => {
    const needed = LockKind.mmuLockWrite | LockKind.rmapBit;
    const { breaches } = complain(GhostEvent.lockMisuse, notHeld | (needed << NEEDED_SHIFT));
    const message = "the thread holds neither of: mmu_lock for write, the rmap's bit lock";
    expect(breaches.map((breach) => [breach.property, breach.message])).toEqual([
      ['lock-discipline', message],
      ['kernel-warning', `lockdep: ${message}`],
    ]);
  });
});
