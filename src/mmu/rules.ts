/**
 * The rules in which kernels, proposals and mutants differ. Protocol code asks a rule by name, where it matters, and
 * never which variant it belongs to.
 */
export interface Rules {
  // Aging.

  /** Aging calls hold `mmu_lock` for write (before Linux 6.15) or nothing but RCU, SRCU and the rmap's bit lock. */
  readonly agingTakesMmuLock: boolean;
  /** Aging calls work through a bitmap; if not, a call with one does nothing and says so. */
  readonly honoursBitmap: boolean;
  /**
   * When a test_young or clear_young begins with a fast pass, without `mmu_lock` or under it for read
   * (kvm_arch_prepare_bitmap_age): never; if the TDP MMU has Accessed bits; if besides there are no rmaps; always, under the
   * read lock. Where the fast pass was not to be had, or has given up, a call with a bitmap returns, one without takes the lock.
   */
  readonly fastPass: 'none' | 'accessed-bits' | 'accessed-bits-no-rmaps' | 'read-lock';
  /**
   * What a fast pass does where there are rmaps: gives up before it has done anything, or behind the TDP MMU's part; or walks
   * them if there is no bitmap, as it is or under `mmu_lock` for write.
   */
  readonly fastPassAtRmaps: 'give-up' | 'give-up-behind-tdp' | 'walk-without-bitmap' | 'write-lock-without-bitmap';
  /** What a fast pass that gives up has found young counts for the answer. */
  readonly keepsFastYoung: boolean;
  /** The answer to young found by a fast pass is FAST in place of YOUNG. */
  readonly answersFast: boolean;
  /** The argument of a walk under `mmu_lock` for write points to the call's metadata (v3: it is NULL there). */
  readonly slowPassHasMetadata: boolean;
  /** A bitmap has a bit for each page of a 2M leaf, or only that of the leaf's first gfn is looked at. */
  readonly hugeLeafInBitmap: 'each-page' | 'first-gfn';
  /** A leaf that is not selected counts as young all the same (v3's arm64 half). */
  readonly unselectedCountsAsYoung: boolean;
  /** One RCU read side section spans the aging walk over all TDP roots, or each root has its own. */
  readonly rcuSpans: 'all-roots' | 'one-root';
  /** What must be held by who walks the list of TDP roots (lockdep): only `mmu_lock`, or RCU alone. */
  readonly rootsGuardedBy: 'mmu-lock' | 'rcu';
  /** What tells aging that there may be shadow pages: once there was a shadow root, or as long as any is counted. */
  readonly looksAtShadowPages: 'once-allocated' | 'while-counted';
  /** Which part of a call comes first; where the TDP MMU does, a test that finds it young leaves the rmaps out. */
  readonly agingOrder: 'rmaps-first' | 'tdp-first';
  /** The walk through the rmaps of huge pages begins at the huge page that contains the range's first page. */
  readonly rmapWalkAligned: boolean;
  /** Aging also visits roots that were invalidated and wait to be zapped. */
  readonly agesInvalidRoots: boolean;
  /** clear_flush_young flushes TLBs if it found the range young (CONFIG_KVM_ELIDE_TLB_FLUSH_IF_YOUNG unset). */
  readonly clearFlushYoungFlushes: boolean;
  /** How aging clears Accessed in the TDP MMU: where not always atomically, only if the SPTE is volatile. */
  readonly clearsAccessedBy: 'exchange-or-store' | 'fetch-and-or-store' | 'atomic-and' | 'load-and-store';
  /** How aging marks an SPTE without A/D bits for access tracking; the last gives up if the SPTE has changed. */
  readonly tracksAccessBy: 'exchange-or-store' | 'compare-exchange';
  /** Access tracking, which takes W away, first marks the host page dirty. */
  readonly tracksDirtyFirst: boolean;
  /** … and so does, in the TDP MMU, an SPTE that has become dirty when it is marked, although it was not when it was read. */
  readonly trackingHandsDirtOn: boolean;
  /** Without A/D bits an SPTE is young if it is not access-tracked, or if its software Accessed bit is set. */
  readonly accessedMeans: 'not-tracked' | 'accessed-bit';
  /** Without A/D bits a writable SPTE has a software Dirty bit set, too. */
  readonly hasSoftwareDirtyBit: boolean;
  /** Shadow MMU: who walks or changes an rmap without `mmu_lock` for write holds the bit lock in its head. */
  readonly rmapsHaveBitLock: boolean;

  // Updates of SPTEs.

  /** When an update under `mmu_lock` for write must be an atomic exchange. */
  readonly atomicUpdate: 'spte_has_volatile_bits' | 'spte_needs_atomic_update';
  /** How write access or Dirty is taken from the pages of a dirty log in the TDP MMU, under `mmu_lock` for write. */
  readonly protectsMaskedBy: 'exchange-or-store' | 'fetch-and-or-store';
  /** What an entry that is zapped under `mmu_lock` for read leaves to do comes before the TLB flush or (since 6.10) after it. */
  readonly zapBookkeeping: 'before-flush' | 'after-flush';
  /** vCPUs get and put TDP roots under `mmu_lock` for write (before Linux 6.9) or for read. */
  readonly tdpRootsTakeMmuLock: 'write' | 'read';
  /** Slots are write-protected, split and collapsed in the TDP MMU, and its invalid roots zapped, under `mmu_lock` for read. */
  readonly tdpBulkTakesMmuLock: 'write' | 'read';
  /** SHADOW_NONPRESENT_VALUE. */
  readonly nonpresentSpte: number;
  /** A shadow MMU update of an MMU-writable SPTE asks for a TLB flush if it takes W or (since 6.13) MMU-writable away. */
  readonly writeLossFlushes: 'writable' | 'mmu-writable';
  /** Whether a shadow MMU update that clears Accessed or Dirty asks for a TLB flush, as one that takes W away does. */
  readonly flushesClearedAccessedDirty: boolean;
  /** An SPTE that is zapped or loses Accessed hands it on to the host page (kvm_set_pfn_accessed). */
  readonly passesAccessedOn: boolean;
  /** The host page is marked dirty when a dirty SPTE is zapped or loses Dirty, or when a writable one is created. */
  readonly marksHostPageDirty: 'when-lost' | 'when-created';

  // Faults.

  /** A fault that finds its leaf present and sufficient leaves it alone, rather than installing it anew. */
  readonly faultKeepsPresentLeaf: boolean;
  /** A writable leaf that replaces a writable one has Dirty set, too. */
  readonly setsDirtyOverWritable: boolean;
  /** A TDP fault for a 4K page below a 2M leaf. */
  readonly faultBelowHugeLeaf: 'zap' | 'split';
  /** KVM_PRE_FAULT_MEMORY exists. */
  readonly hasPrefault: boolean;
  /** … and says EAGAIN of a slot that is being deleted, rather than retrying until it is gone (since 6.18, 3ccbf6f47098). */
  readonly prefaultGivesUpOnInvalidSlot: boolean;

  // Huge pages and dirty logging.

  /** The beginning of logging splits 2M leaves of the TDP MMU. */
  readonly loggingSplits: boolean;
  /** What the TDP MMU does about tables that could be 2M leaves when a slot's logging ends. */
  readonly loggingEnds: 'zap' | 'collapse';
  /** MADV_PAGEOUT of the host's kernel asks and clears young before it decides. */
  readonly pageoutAges: boolean;
  /**
   * Whether the host's MGLRU asks KVM only of what it would evict, or also while it ages and of a page's neighbours, page by
   * page; or of batches of 64 through a bitmap (v3), whose answers it takes for granted. Its clear is given the part of a batch
   * that the bitmap selects, or the whole batch, as would have been right.
   */
  readonly lruAsksKvm: 'at-eviction' | 'always' | 'in-batches' | 'in-whole-batches';
  /** A write to the host's 2M zero page splits it, or gets a 2M page of its own (since 6.13). */
  readonly hugeZeroPageWritten: 'split' | 'replace';

  // What every kernel does and only mutants break.

  /** Aging leaves an SPTE alone in which its test found Accessed clear. */
  readonly clearsOnlyYoung: boolean;
  /** A clear through a bitmap leaves pages alone that are not selected. */
  readonly clearsOnlySelected: boolean;
  /** A clear that found the first MMU young goes on to the other. */
  readonly clearsBothMmus: boolean;
  /** Aging of a range meets the 2M leaf that the range only touches. */
  readonly agesTouchedHugeLeaf: boolean;
  /** A test leaves Accessed as it is. */
  readonly testKeepsAccessed: boolean;
  /** A new leaf has Accessed set. */
  readonly faultSetsAccessed: boolean;
  /** A leaf that was only prefetched has Accessed clear. */
  readonly prefetchKeepsOld: boolean;
  /** The shadow MMU prefetches the aligned block of 8 around a fault. */
  readonly prefetches: boolean;
  /** … not in a slot whose dirt is logged. */
  readonly prefetchSparesLoggedSlots: boolean;
  /** … and not without A/D bits, where it could not be told from an access. */
  readonly prefetchNeedsAccessedBit: boolean;
  /** … and it stops where a run of absent entries meets a page that the host does not have writable. */
  readonly prefetchNeedsWritableHostPage: boolean;
  /** A read fault on a page that the host has writable maps it writable. */
  readonly readFaultMapsWritable: boolean;
  /** A writable leaf is created with Dirty set. */
  readonly writableLeafIsDirty: boolean;
  /** A write fault on a leaf that only lacks W is mended without `mmu_lock`. */
  readonly fastPageFault: boolean;
  /** The mended leaf has its Accessed bit set again where it was access-tracked. */
  readonly fastPageFaultRestoresAccessed: boolean;
  /** A page that becomes writable in a logged slot is logged. */
  readonly logsWritablePages: boolean;
  /** When a fault looks whether an invalidation of its page runs, or ran since it looked the page up. */
  readonly faultChecksInvalidation: 'under-lock' | 'before-lock' | 'never';
  /** What an invalidation does about TLBs before it lets go of `mmu_lock`. */
  readonly zapFlush: 'acknowledged' | 'requested' | 'none';
  /** An invalidation zaps rmaps, too. */
  readonly zapsRmaps: boolean;
  /** A slot with logging gets no 2M leaves. */
  readonly loggingForbidsHugePages: boolean;
  /** The beginning of logging write-protects what is mapped. */
  readonly loggingProtects: boolean;
  /** The parts of a split leaf inherit its Accessed bit. */
  readonly splitInheritsAccessed: boolean;
  /** What is taken out of the dirty log is write-protected again. */
  readonly logHandOutProtects: boolean;
  /** The deletion of a slot zaps what all slots map (KVM_X86_QUIRK_SLOT_ZAP_ALL). */
  readonly slotDeletionZapsAll: boolean;
  /** A slot is mapped by 2M leaves only where its guest and host addresses allow it. */
  readonly hugePagesNeedAlignment: boolean;
  /** A range that begins or ends inside a page covers that page. */
  readonly roundsOutward: boolean;
  /** Who ages a page holds the spinlock of the host's page table meanwhile. */
  readonly callersHoldPageTableLock: boolean;
  /** An aging call goes on to the next memslot that its range meets. */
  readonly agesEverySlot: boolean;
  /** A test through a bitmap asks every subscriber of the notifier, also behind one that has found something young. */
  readonly bitmapTestAsksAll: boolean;
  /** Who waits for the bit lock of an rmap looks afterwards whether it has become empty. */
  readonly rmapLockRechecksEmpty: boolean;
  /** A swap of the memslots waits until no invalidation is between its start and its end. */
  readonly memslotSwapWaits: boolean;
  /** An unlinked table is handed out again only after its grace period. */
  readonly recyclesAfterGracePeriod: boolean;
}
