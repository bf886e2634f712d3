/**
 * Ghost events: what the protocol tells its observers with `Memory.note(event, page, value)`.
 *
 * `page` is a host virtual page, or -1 where the event concerns no single page. An *opening* event happens with the
 * thread's next step, a *closing* one happened with its last.
 */
export const GhostEvent = {
  /** Opening. A vCPU begins an access to `page` by a hardware walk; value 1 if it writes. */
  accessBegin: 1,
  /** Closing. The access's leaf step was done; value is the leaf SPTE it went through. */
  accessEnd: 2,
  /** Closing. An access to `page` was served by the TLB, without a walk; value is the cached SPTE. */
  tlbHit: 3,
  /** Opening. An exit for a page fault on `page` begins. */
  faultBegin: 4,
  /**
   * Closing. The fault was handled; value 0: it must be retried, 1: it mapped the page, 2: somebody else had, 3: it was
   * mended without `mmu_lock`, 5: no slot has the page's frame, so that its access is over, emulated, without an `accessEnd`.
   */
  faultEnd: 5,
  /** Closing. An aging call found an SPTE of `page` young and left it so; value is the SPTE. */
  testedYoung: 6,
  /** Closing. An aging call found an SPTE of `page` young and cleared its Accessed bit; value is the SPTE. */
  clearedYoung: 7,
  /** Opening. The next step zaps an SPTE that maps `page`. */
  zapBegin: 8,
  /**
   * Closing. An SPTE of `page` was zapped; value is the SPTE as it was. Or an update took an Accessed bit along that has been
   * set meanwhile, and hands it on to the host page, as a zap does.
   */
  zapEnd: 9,
  /** Opening. A root becomes invalid: aging may skip whatever it maps. */
  rootInvalidateBegin: 10,
  /** Closing. No vCPU uses the invalid root any more. */
  rootInvalidateEnd: 11,
  /** Closing. `invalidate_range_start` returned for `page`; value is the version the host now takes back. */
  revoked: 12,
  /** Opening. The thread is about to wait for `mmu_lock`. */
  mmuLockWaitBegin: 13,
  /** Closing. It has got it. */
  mmuLockWaitEnd: 14,
  /** Closing. The thread stepped into table `value` under RCU. Tables are numbered through all virtual machines. */
  tableEntered: 15,
  /** Closing. Table `value` was handed out again after its grace period. */
  tableRecycled: 16,
  /** Closing. An RCU read side section has begun. */
  rcuReadLock: 17,
  /** Opening. It ends with the thread's next step. */
  rcuReadUnlock: 18,
  /** Opening. Table `value` was unlinked: sections that begin from now on cannot reach it. */
  tableRetired: 19,
  /** Closing. A WARN of the real code would fire; value is a `KernelWarning`. */
  kernelWarning: 20,
  /** Closing. vCPUs that were in the guest have been made to flush their TLBs. */
  remoteTlbFlush: 21,
  /** Closing. A 2M leaf gave way to 4K leaves that inherit its bits; page is its first; value is the leaf. */
  leafSplit: 22,
  /** Closing. 4K leaves gave way to a 2M leaf; page is its first; value is the new leaf. */
  leafCollapsed: 23,
  /** Closing. A prefault replaced a young leaf by one with Accessed clear; value is the old leaf. */
  prefaultRewrote: 24,
  /** Opening. An aging call that covers `page` begins; value 1 if it clears. */
  callBegin: 25,
  /** Closing. The thread's aging call has returned; value is a `CallAnswer` about `page`. */
  callEnd: 26,
  /** Closing, behind `tlbHit`. That access was a write. */
  tlbWrote: 27,
  /** Closing. An SPTE of `page` became writable: from now on the hardware lets writes through. */
  madeWritable: 28,
  /** Opening. The dirty log of `page`'s slot is about to be handed out or cleared. */
  handOutBegin: 29,
  /** Closing. It was; value 1 if `page` was in it, and is write-protected now if the machine logs so. */
  handOutEnd: 30,
  /** Closing. Logging has begun: `page` is write-protected now, if the machine logs so. */
  loggingBegun: 31,
  /** Closing. Aging found that the SPTE of `page` had changed, and gave up; it counts as young. */
  ageGaveUp: 32,
  /** Closing. An SPTE of `page` was changed by a load and a store, between which only Accessed may have changed. */
  nonatomicUpdate: 33,
  /** Closing. The vCPU has passed on to the dirty log what its buffer of modified pages held. */
  pmlFlushed: 34,
  /** Closing. The thread has got a lock; value is its `LockKind`. */
  lockAcquired: 35,
  /** Closing. It has given it back. */
  lockReleased: 36,
  /** Closing. What comes needs one of the locks in `value`, a sum of `LockKind`s, as a lockdep assertion says. */
  lockNeeded: 37,
  /** Closing. The thread is about to sleep until others have left their read side sections. */
  mightSleep: 38,
  /** Closing. The thread's locks are not as they must be; value is a `LockMisuse`. */
  lockMisuse: 39,
  /** Closing. The thread's aging call has returned; value is what its function returned, plus `BITMAP_GIVEN` with a bitmap. */
  callFlags: 40,
  /** Opening. The next step cuts a table off from its root: aging misses it and its leaves, which are zapped one by one. */
  teardownBegin: 41,
  /** Closing. They are. */
  teardownEnd: 42,
  /** Closing. Writes to `page` are logged no longer. */
  loggingEnded: 43,
  /** Closing. An aging call of the notifier has done its work, whoever made it. */
  agingCallDone: 44,
  /** Closing. An SPTE of `page` was stored plainly by aging, whatever it had become meanwhile; value is the new SPTE. */
  spteStored: 45,
  /** Opening. `page` is about to be write-protected since it is a page table of the guest. */
  shadowProtectBegin: 46,
  /** Closing. It is, and no TLB lets writes through. */
  shadowProtectEnd: 47,
  /** Closing. A fault has looked `page` up in the host, which has one for it now: the work of a fault outside `mmu_lock`. */
  gotUserPage: 48,
} as const;

export type GhostEvent = (typeof GhostEvent)[keyof typeof GhostEvent];

const opening: ReadonlySet<number> = new Set([
  GhostEvent.accessBegin,
  GhostEvent.faultBegin,
  GhostEvent.zapBegin,
  GhostEvent.rootInvalidateBegin,
  GhostEvent.mmuLockWaitBegin,
  GhostEvent.rcuReadUnlock,
  GhostEvent.tableRetired,
  GhostEvent.callBegin,
  GhostEvent.handOutBegin,
  GhostEvent.teardownBegin,
  GhostEvent.shadowProtectBegin,
]);

/** Whether the event happens with the thread's next step (rather than having happened with its last). */
export function isOpening(event: number): boolean {
  return opening.has(event);
}

/**
 * Whether the event is a step of its own: a processor uses what its TLB has in its own time, not in the step in which it
 * last looked for requests.
 */
export function hasOwnStep(event: number): boolean {
  return event === GhostEvent.tlbHit;
}

/** What a call says of a page. */
export const CallAnswer = {
  old: 0,
  young: 1,
  /** A single *young* for a whole range: of those pages whose SPTE the call found young. */
  youngIfFound: 2,
  /** Nothing: the answer is flagged unreliable, or the page was not selected. */
  nothing: 3,
} as const;

/** Which WARN fires. */
export const KernelWarning = {
  /** WARN_ON_ONCE(range->end <= range->start), __kvm_handle_hva_range */
  emptyRange: 0,
  /** WARN_ON_ONCE(gfn < range->start || gfn >= range->end), version 3's bitmap index */
  gfnOutsideRange: 1,
  /** KVM_BUG_ON_DATA_CORRUPTION: an SPTE is not in the list of its rmap */
  notInRmap: 2,
} as const;

/** Locks and read side sections, as bits. */
export const LockKind = {
  srcu: 1,
  mmuLockRead: 2,
  mmuLockWrite: 4,
  rcu: 8,
  rmapBit: 16,
  pageTable: 32,
  /** kvm->srcu of the second virtual machine; twice that is the third's. */
  otherSrcu: 64,
} as const;

/** From this bit on, the value of `lockMisuse` says which of the locks were needed. */
export const NEEDED_SHIFT = 8;

/** The srcu of any virtual machine. */
export const ANY_SRCU = LockKind.srcu | -LockKind.otherSrcu;

/** kvm->srcu as a `LockKind`: sections of different virtual machines may nest. */
export function srcuKind(vm: number): number {
  return vm === 0 ? LockKind.srcu : LockKind.otherSrcu << (vm - 1);
}

/** With what a thread breaks the rules of locking. */
export const LockMisuse = {
  notHeld: 0,
  releasedWithoutHolding: 1,
  acquiredTwice: 2,
  wrongOrder: 3,
  sleepsUnderSpinlock: 4,
  heldAtReturn: 5,
} as const;

/** In `callFlags`: the caller gave a bitmap. */
export const BITMAP_GIVEN = 1 << 8;
