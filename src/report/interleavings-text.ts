/** Digits that a table's column has room for. */
const DIGITS = 15;

/** Why a search can be complete and still not count. */
export const INFINITE_TEXT =
  'infinite: a thread may go round a loop any number of times; its states are finite, and all of them were explored';

/** An exact count, which may have any number of digits. */
export function interleavingsText(interleavings: string | null, unknown: string): string {
  if (interleavings === null) return unknown;
  return /^\d+$/.test(interleavings) ? BigInt(interleavings).toLocaleString('en-US') : interleavings;
}

/** The same, rounded where it is long. */
export function roundedInterleavings(interleavings: string | null, complete: boolean): string {
  const unknown = complete ? 'infinite' : 'unknown';
  if (interleavings === null || interleavings.length <= DIGITS) return interleavingsText(interleavings, unknown);
  return `~${interleavings[0]}.${interleavings.slice(1, 3)}e${interleavings.length - 1}`;
}
