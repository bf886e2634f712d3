/** What the model's machine can hold of a recorded one. */

export const MAX_TRACE_VCPUS = 64;

/** Guest physical addresses end at 4 TB. */
export const MAX_GFNS = 2 ** 30;

/** The host mapping ends at 4 GB. */
export const MAX_HOST_PAGES = 2 ** 20;
