/** What a scenario may hold. Every interleaving of it is explored: what is larger than this would never end. */

export const MAX_SLOTS = 8;
export const MAX_SLOT_PAGES = 64;
export const MAX_THREADS = 8;
export const MAX_VMS = 4;

/** Gfns and host virtual pages are below this. */
export const MAX_PAGES = 2 ** 20;

/** The longest range of an operation: as many pages as all slots together may have. */
export const MAX_RANGE_PAGES = MAX_SLOTS * MAX_SLOT_PAGES;

export const PAGE_BYTES = 4096;
