/** What the process says when it ends. Where several apply: badInput, then interrupted, then failed, violated, clean. */
export const ExitCode = {
  /** Everything asked for holds. */
  clean: 0,
  /** A property is violated. */
  violated: 1,
  /** Bad usage or bad input; nothing was written. */
  badInput: 2,
  /** The harness failed: a worker died, or a deadline passed. */
  harnessFailed: 3,
  /** A budget ended first. */
  noVerdict: 4,
  interrupted: 130,
  terminated: 143,
} as const;
