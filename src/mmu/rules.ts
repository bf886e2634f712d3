/**
 * The rules in which kernels, proposals and mutants differ. Protocol code asks a rule by name and never which variant
 * it belongs to.
 */
export interface Rules {
  /** Aging calls hold `mmu_lock` for write (before Linux 6.13) or nothing but RCU and SRCU. */
  readonly agingTakesMmuLock: boolean;
  /** Aging calls work through a bitmap; if not, a call with one does nothing and says so. */
  readonly honoursBitmap: boolean;
  /** Aging also visits roots that were invalidated and wait to be zapped. */
  readonly agesInvalidRoots: boolean;
  /** clear_flush_young flushes TLBs if it found the range young (CONFIG_KVM_ELIDE_TLB_FLUSH_IF_YOUNG unset). */
  readonly clearFlushYoungFlushes: boolean;
  /** When an update under `mmu_lock` for write must be an atomic exchange. */
  readonly atomicUpdate: 'spte_has_volatile_bits' | 'spte_needs_atomic_update';
  /** SHADOW_NONPRESENT_VALUE. */
  readonly nonpresentSpte: number;
  /** A fault that finds its leaf present leaves it alone, rather than installing it anew. */
  readonly faultKeepsPresentLeaf: boolean;

  /** How aging clears Accessed. */
  readonly clearsAccessedBy: 'atomic-and' | 'load-and-store';
  /** Aging leaves an SPTE alone in which its test found Accessed clear. */
  readonly clearsOnlyYoung: boolean;
  /** A clear through a bitmap leaves pages alone that are not selected. */
  readonly clearsOnlySelected: boolean;
  /** A new leaf has Accessed set. */
  readonly faultSetsAccessed: boolean;
  /** When a fault looks whether an invalidation of its page runs, or ran since it looked the page up. */
  readonly faultChecksInvalidation: 'under-lock' | 'before-lock' | 'never';
  /** What an invalidation does about TLBs before it lets go of `mmu_lock`. */
  readonly zapFlush: 'acknowledged' | 'requested' | 'none';
  /** A range that begins or ends inside a page covers that page. */
  readonly roundsOutward: boolean;
  /** An aging call goes on to the next memslot that its range meets. */
  readonly agesEverySlot: boolean;
  /** An unlinked table is handed out again only after its grace period. */
  readonly recyclesAfterGracePeriod: boolean;
}
