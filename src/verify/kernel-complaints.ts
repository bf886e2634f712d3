import { GhostEvent, KernelWarning, LockMisuse } from '../shared/ghost-event.ts';
import type { Breach, Monitor } from './monitor.ts';

const warnings: Readonly<Record<number, string>> = {
  [KernelWarning.emptyRange]: 'WARN_ON_ONCE(range->end <= range->start): an aging call of an empty range',
  [KernelWarning.gfnOutsideRange]:
    'WARN_ON_ONCE(gfn < range->start || gfn >= range->end): a leaf begins outside the range',
  [KernelWarning.notInRmap]: 'KVM_BUG_ON_DATA_CORRUPTION: an SPTE is missing from the list of its rmap',
};

const misuses: Readonly<Record<number, string>> = {
  [LockMisuse.notHeld]: 'none of the locks is held that lockdep asserts for what the thread reads',
  [LockMisuse.releasedWithoutHolding]: 'a lock is released that the thread does not hold',
  [LockMisuse.acquiredTwice]: 'a lock is taken that the thread holds already',
  [LockMisuse.wrongOrder]: 'a lock is taken under one that must be taken after it',
  [LockMisuse.sleepsUnderSpinlock]: 'the thread sleeps while it holds a lock under which nobody may sleep',
  [LockMisuse.heldAtReturn]: 'an operation has returned with a lock that it took',
};

/** `kernel-warning` and `lock-discipline`: what the kernel itself complains about. */
export const kernelComplaints: Monitor = {
  name: 'complaints',
  event(_ghost, _thread, event, page, value, report) {
    if (event === GhostEvent.kernelWarning) report(breach('kernel-warning', page, warnings[value]));
    if (event !== GhostEvent.lockMisuse) return;
    report(breach('lock-discipline', page, misuses[value]));
    // A lockdep assertion is a WARN.
    if (value === LockMisuse.notHeld) report(breach('kernel-warning', page, `lockdep: ${misuses[value]}`));
  },
};

function breach(property: string, page: number, message = ''): Breach {
  return { property, class: 'forbidden', reason: null, page: page < 0 ? null : page, message };
}
