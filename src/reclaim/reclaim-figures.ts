/** What came of a workload under some reclaimer. */
export interface ReclaimFigures {
  readonly accesses: number;
  readonly evictions: number;
  /** Evictions of hot pages. */
  readonly hotEvictions: number;
  /** Accesses to pages that had been evicted. */
  readonly refaults: { readonly hot: number; readonly cold: number };
  /** Fraction of the hot pages that is resident at the end. */
  readonly hotResident: number;
}

/** What MGLRU did for it. */
export interface MglruWork {
  readonly agingPasses: number;
  /** Pages that it was about to evict and asked about. */
  readonly checked: number;
  /** Pages that it was about to evict and kept, since they had been referenced. */
  readonly kept: number;
}

export type MglruFigures = ReclaimFigures & MglruWork;

export interface GuestFigures extends MglruFigures {
  /** Aging calls of the notifier. */
  readonly agingCalls: number;
  /** Evictions of pages of which an access had been reported by no call. */
  readonly misreported: number;
  /** Reports of pages as young that had not been accessed since they were last reported. */
  readonly staleYoung: number;
  /** Evictions of hot pages that L2 accesses. */
  readonly hotEvictionsOfL2: number;
}
