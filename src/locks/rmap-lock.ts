import { GhostEvent, LockKind } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';

/**
 * The bit lock in the head of an rmap (kvm_rmap_lock, arch/x86/kvm/mmu/mmu.c, since 6.15): it lets aging walk the list of
 * SPTEs without `mmu_lock`. Writers hold `mmu_lock` for write as well, so that only readers and one writer meet.
 *
 * A head is 0 (empty), or what it points to `<< 2`, with these bits.
 */

/** KVM_RMAP_MANY: it points to a chain of descriptors, not to the only SPTE. */
export const RMAP_MANY = 1 << 0;
/** KVM_RMAP_LOCKED. */
export const RMAP_LOCKED = 1 << 1;

/**
 * kvm_rmap_lock: the head without the lock's bit; 0 if the rmap is empty, which is not locked: there is nothing to walk,
 * and writers exclude each other.
 *
 * @param rechecksEmpty looks for an empty rmap not only once: a writer may have emptied it while this thread waited, and
 *   nobody unlocks an empty one
 */
export function rmapLock(m: Memory, head: Word, rechecksEmpty = true): number {
  for (let looksForEmpty = true; ; looksForEmpty = rechecksEmpty) {
    const value = m.load(head);
    if (value === 0 && looksForEmpty) return 0;
    if ((value & RMAP_LOCKED) !== 0) m.awaitBits(head, RMAP_LOCKED, 0);
    else if (m.tryReplace(head, value, value | RMAP_LOCKED)) {
      m.note(GhostEvent.lockAcquired, -1, LockKind.rmapBit);
      return value;
    }
  }
}

/** kvm_rmap_unlock: publishes the new head, by which readers see what was written before. */
export function rmapUnlock(m: Memory, head: Word, value: number): void {
  m.note(GhostEvent.lockReleased, -1, LockKind.rmapBit);
  m.store(head, value);
  m.wake(head);
}

/**
 * kvm_rmap_unlock_readonly. Nothing is written for an rmap that was empty: a writer may have added an entry meanwhile,
 * which storing the old 0 would drop.
 */
export function rmapUnlockReadonly(m: Memory, head: Word, value: number): void {
  if (value !== 0) rmapUnlock(m, head, value);
}
