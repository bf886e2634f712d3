/** What vCPU threads do in a step, each with the pages of its own share. */
export const Work = {
  /** Nothing: the host has something to do. */
  none: 0,
  /** Write each page once, with a fault for each that is not mapped. */
  populate: 1,
  /** Write each page once; read each page once. All are mapped. */
  write: 2,
  read: 3,
  /** Clear Accessed of each page by an aging call of its own, as the test marks pages idle through page_idle. */
  markIdle: 4,
  /** Read and write pages at random. */
  random: 5,
} as const;

export type Work = (typeof Work)[keyof typeof Work];

/** What threads record of a step. */
export const Recording = {
  /** It prepares something. */
  none: 0,
  /** The vCPUs' and the passes' time. */
  plain: 1,
  /** Latencies as well. */
  latencies: 2,
  /** When each thread held `mmu_lock` or waited for it. */
  spans: 3,
} as const;

export type Recording = (typeof Recording)[keyof typeof Recording];

/** One thing that all threads of a gang do together. */
export interface Step {
  readonly work: Work;
  /** How often vCPU threads do it. */
  readonly rounds: number;
  /** An index of `agingModes`. */
  readonly aging: number;
  readonly recording: Recording;
  readonly faultWorkNs: number;
}
