/** Who decides which of the guest's pages the host keeps. Pages are told of in the order in which things happen. */
export interface Reclaimer {
  /** The page was not resident, and an access has brought it in. */
  faultedIn(page: number): void;
  /** The guest has accessed the page, which is resident. Only who sees more than a kernel does anything here. */
  accessed(page: number): void;
  /** An aging pass, if it is time for one. */
  age(): void;
  /** Evicts some pages, `SWAP_CLUSTER_MAX` or more if it can. */
  reclaim(evict: (page: number) => void): void;
}

/** Pages that reclaim frees at least, once it has to free any. */
export const SWAP_CLUSTER_MAX = 32;
