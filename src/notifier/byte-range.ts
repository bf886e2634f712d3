/** Bytes a host page. */
export const PAGE_BYTES = 4096;

/** First page that a byte range beginning at `start` touches: hva_to_gfn_memslot rounds down. */
export function firstPageOf(start: number): number {
  return Math.floor(start / PAGE_BYTES);
}

/** The page behind the last one that a byte range ending before `end` touches: `hva_end + PAGE_SIZE - 1`, rounded down. */
export function pageBehind(end: number): number {
  return Math.ceil(end / PAGE_BYTES);
}
