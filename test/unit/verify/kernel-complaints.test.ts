import { describe, expect, it } from 'vitest';
import { GhostEvent, KernelWarning, LockMisuse } from '../../../src/shared/ghost-event.ts';
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

  it.each(Object.values(LockMisuse))('of locks, misuse %i; a lockdep assertion is a WARN as well', (misuse) => {
    const { breaches } = complain(GhostEvent.lockMisuse, misuse);
    const wanted = misuse === LockMisuse.notHeld ? ['lock-discipline', 'kernel-warning'] : ['lock-discipline'];
    expect(breaches.map(({ property }) => property)).toEqual(wanted);
    for (const { message } of breaches) expect(message).not.toBe('');
  });
});
