/** `performance.now` counts from each thread's own beginning; this is how far that is from the machine's clock. */
const OFFSET_NS = Number(process.hrtime.bigint()) - performance.now() * 1e6;

/** Nanoseconds of the machine's monotonic clock: the same in every thread. */
export function clockNs(): number {
  return performance.now() * 1e6 + OFFSET_NS;
}
