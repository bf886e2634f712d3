import type { Word } from '../shared/memory.ts';

/** struct kvm_gfn_range: the part of a notifier call that falls into one memslot. */
export interface GfnRange {
  readonly slot: number;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** Host page minus gfn in this slot. */
  readonly pageOffset: number;
  /** 0, or an aging call's bitmap: to be filled by a test, to select by for a clear. */
  readonly bitmap: Word;
  /** The page of the bitmap's bit 0: the last one of the whole call. */
  readonly lastPage: number;
}
