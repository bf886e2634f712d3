import { GhostEvent, KernelWarning, LockKind, LockMisuse, NEEDED_SHIFT } from '../shared/ghost-event.ts';
import type { Breach, Monitor } from './monitor.ts';

const warnings: Readonly<Record<number, string>> = {
  [KernelWarning.emptyRange]: 'WARN_ON_ONCE(range->end <= range->start): an aging call of an empty range',
  [KernelWarning.gfnOutsideRange]:
    'WARN_ON_ONCE(gfn < range->start || gfn >= range->end): a leaf begins outside the range',
  [KernelWarning.notInRmap]: 'KVM_BUG_ON_DATA_CORRUPTION: an SPTE is missing from the list of its rmap',
};

const lockNames: readonly (readonly [kind: number, name: string])[] = [
  [LockKind.mmuLockWrite, 'mmu_lock for write'],
  [LockKind.mmuLockRead, 'mmu_lock for read'],
  [LockKind.rcu, 'RCU'],
  [LockKind.srcu, 'kvm->srcu'],
  [LockKind.rmapBit, "the rmap's bit lock"],
  [LockKind.pageTable, "the host's page-table lock"],
];

const misuses: Readonly<Record<number, string>> = {
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
    const needed = value >> NEEDED_SHIFT;
    if (needed === 0) {
      report(breach('lock-discipline', page, misuses[value]));
      return;
    }
    const names = lockNames.filter(([kind]) => (needed & kind) !== 0).map(([, name]) => name);
    const message = `the thread holds neither of: ${names.join(', ')}`;
    report(breach('lock-discipline', page, message));
    // A lockdep assertion is a WARN.
    report(breach('kernel-warning', page, `lockdep: ${message}`));
  },
};

function breach(property: string, page: number, message = ''): Breach {
  return { property, class: 'forbidden', reason: null, page: page < 0 ? null : page, message };
}
