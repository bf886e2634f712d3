const TRIES = 500;

/**
 * `performance.now` counts from each thread's own beginning; this is how far that is from the machine's clock. What comes between the two
 * looks, a core that is lost for instance, makes it less and never more: the most of several tries is the one that was disturbed the least.
 */
const OFFSET_NS = Math.max(
  ...Array.from({ length: TRIES }, () => Number(process.hrtime.bigint()) - performance.now() * 1e6),
);

/** Nanoseconds of the machine's monotonic clock: the same in every thread. */
export function clockNs(): number {
  return performance.now() * 1e6 + OFFSET_NS;
}
