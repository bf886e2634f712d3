import {
  isFrozen,
  isLargeLeaf,
  isShadowPresent,
  NONPRESENT_MARKER,
  type SpteLayout,
  WRITABLE,
} from '../shared/spte.ts';

/**
 * `malformed-spte`: what is wrong with a value that no SPTE may have; undefined if it is nonpresent, frozen or a valid present
 * combination of (host-writable, MMU-writable, writable).
 */
export function malformedSpte(layout: SpteLayout, spte: number): string | undefined {
  if (!isShadowPresent(spte)) {
    if ((spte & ~NONPRESENT_MARKER) === 0 || isFrozen(spte)) return undefined;
    return `0x${(spte >>> 0).toString(16)}: neither nonpresent nor frozen`;
  }
  const writable = (spte & WRITABLE) !== 0;
  const mmuWritable = (spte & layout.mmuWritable) !== 0;
  const hostWritable = (spte & layout.hostWritable) !== 0;
  // A table is writable and has neither software bit.
  if (writable && !mmuWritable && !hostWritable && !isLargeLeaf(spte)) return undefined;
  if (writable && !mmuWritable) return 'writable, and not MMU-writable';
  if (mmuWritable && !hostWritable) return 'MMU-writable, and not host-writable';
  return undefined;
}
