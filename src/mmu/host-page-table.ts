import { BACKING_MAX } from '../shared/spte.ts';

/**
 * The host's page table, as far as guests notice it: a word a page and, with huge pages, a word a 2M page. While the
 * latter is present, it maps the pages, and their own words are out of use.
 */

export const HOST_PRESENT = 1 << 0;
export const HOST_WRITABLE = 1 << 1;
/** The zero page: read-only, and copied when written. */
export const HOST_ZERO = 1 << 2;
/** Shared after fork: read-only, and taken over when written, since the child is gone. */
export const HOST_SHARED = 1 << 3;
/** Of a 2M page: one thread is splitting it, and others wait (the split page-table lock). */
export const HOST_CLAIMED = 1 << 4;
/** PG_dirty of the page (kvm_set_pfn_dirty). */
export const HOST_DIRTY = 1 << 5;
/** PG_referenced of the page (kvm_set_pfn_accessed). */
export const HOST_ACCESSED = 1 << 6;
/** In the result of a look-up: the page is part of a 2M page. */
export const HOST_HUGE = 1 << 7;

const VERSION_SHIFT = 12;
/** Adding this makes it the next version: another page behind the same address. */
export const NEXT_VERSION = 1 << VERSION_SHIFT;

/** The version of what the entry maps, modulo 8192, as leaf SPTEs carry it. */
export function hostVersionOf(entry: number): number {
  return (entry >>> VERSION_SHIFT) & BACKING_MAX;
}

/** The entry with other flags and its version advanced. */
export function nextHostPage(entry: number, flags: number): number {
  return (((hostVersionOf(entry) + 1) & BACKING_MAX) << VERSION_SHIFT) | flags;
}

/** The entry with other flags and the same page behind it. */
export function sameHostPage(entry: number, flags: number): number {
  return (hostVersionOf(entry) << VERSION_SHIFT) | flags;
}
