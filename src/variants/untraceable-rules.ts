import type { Rules } from '../mmu/rules.ts';

/**
 * Rules that make no difference to what a recorder sees that lets one thing happen after another, each with the reason and
 * with what puts it to the test instead. Every other rule has a mutant that some shipped trace exposes.
 */
export const untraceableRules: { readonly [Name in keyof Rules]?: string } = {
  agingTakesMmuLock: 'a lock that nobody else wants: measured by stress (waits for mmu_lock) and counted in unit tests',
  honoursBitmap: 'no merged kernel has bitmaps: property tests of aging calls',
  looksAtShadowPages: 'the answer is the same, only the work differs: unit tests',
  agingOrder: 'the answer is the same, only the work differs: unit tests',
  agesInvalidRoots: 'a root is invalid only while it is being zapped: stress (tolerated invalid-root) and unit tests',
  clearsAccessedBy: 'which atomic operation: stress and the explorer (mutant clear-by-store), unit tests',
  tracksAccessBy: 'which atomic operation: unit tests',
  tracksDirtyFirst: "the host page's dirtiness is no part of a trace: unit tests",
  trackingHandsDirtOn: 'needs a page that becomes writable while it is aged: unit tests',
  rmapsHaveBitLock: 'a lock that nobody else wants: the explorer',
  atomicUpdate: 'which atomic operation: unit tests',
  protectsMaskedBy: 'which atomic operation: unit tests',
  zapBookkeeping: 'nothing can come in between: unit tests',
  tdpRootsTakeMmuLock: 'a lock that nobody else wants: unit tests',
  nonpresentSpte: 'traces show every nonpresent SPTE as `-`: unit tests',
  writeLossFlushes: 'such a flush comes together with one that is due anyway: unit tests',
  flushesClearedAccessedDirty: 'such a flush comes together with one that is due anyway: unit tests',
  passesAccessedOn: "the host page's state is no part of a trace: unit tests",
  marksHostPageDirty: "the host page's state is no part of a trace: unit tests",
  faultBelowHugeLeaf: 'needs a 2M leaf in a logged slot, and eager splitting leaves none: unit tests',
  prefaultGivesUpOnInvalidSlot: 'needs a prefault while a slot is being deleted: scenarios',
  hugeZeroPageWritten: 'no trace gives a whole 2M page back: unit tests',
  lruAsksKvm: 'traces show the calls of a recorder, not those of the host: scenarios',
  clearsOnlyYoung: 'needs an access between the look and the clear: stress (mutant clear-untested)',
  clearsOnlySelected: 'no merged kernel has bitmaps: stress (mutant clear-unselected)',
  hugePagesNeedAlignment: 'all slots of the traces are aligned: unit tests',
  rmapLockRechecksEmpty: 'needs two at one rmap: scenarios and the explorer',
  memslotSwapWaits: 'needs a swap between the start and the end of an invalidation: scenarios',
  recyclesAfterGracePeriod: 'needs a walk that is under way: stress (mutant recycle-early), property tests',
};
