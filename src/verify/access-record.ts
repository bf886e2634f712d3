/**
 * What a vCPU keeps of its last access to a page, in one word: the epoch behind the access, and how many epochs before
 * that the access began. One word, so that a reader never sees the halves of two accesses.
 */

const SPAN_BITS = 3;
/** The access began this many epochs before it ended, or more: nobody knows when. */
const UNKNOWN_SPAN = (1 << SPAN_BITS) - 1;

/** Epochs must stay at or below this to fit. */
export const MAX_EPOCH = 2 ** (31 - SPAN_BITS) - 1;

/** `begin` and `end` are the epochs in front of and behind the access. 0 is the record of no access at all. */
export function accessRecord(begin: number, end: number): number {
  const span = end - begin;
  return (end << SPAN_BITS) | Math.min(span, UNKNOWN_SPAN);
}

export function endOfAccess(record: number): number {
  return record >>> SPAN_BITS;
}

/** The epoch in front of the access, or 0 if it is not known: such an access proves no loss. */
export function beginOfAccess(record: number): number {
  const span = record & UNKNOWN_SPAN;
  return span === UNKNOWN_SPAN ? 0 : endOfAccess(record) - span;
}
