export const workloadNames = ['uniform', 'zipf', 'sequential', 'populate', 'pulse'] as const;

export type WorkloadName = (typeof workloadNames)[number];

/** What every worker of a run must know. Plain data: it crosses thread boundaries. */
export interface StressConfig {
  readonly variant: string;
  readonly mutant: string | null;
  readonly seed: string;
  readonly vcpus: number;
  readonly pages: number;
  readonly slots: number;
  readonly workload: WorkloadName | 'trace';
  /** Fraction of accesses that write. */
  readonly writes: number;
  /** Entries of each vCPU's TLB, 0 = none. */
  readonly tlbEntries: number;
  /** Invalidations a second, each of up to `MAX_INVALIDATED_PAGES` pages; 0 = none. */
  readonly invalidateRate: number;
  /** Invalidations of all roots a second; 0 = none. */
  readonly zapAllRate: number;
  /** Pages an aging call covers. */
  readonly batch: number;
  /** Whole aging passes after which the run ends; null = no limit. */
  readonly passes: number | null;
  /** The run ends when the first violation is seen, instead of counting on. */
  readonly stopAtViolation: boolean;
  /** One access in about this many is timed. */
  readonly sampleEvery: number;
  /** The oracle starts its epochs again beyond this one. */
  readonly epochLimit: number;
  /** Bound of every wait of a worker, in milliseconds. */
  readonly waitBoundMs: number;
}

/** Longest range that the host worker takes back at once, in pages. */
export const MAX_INVALIDATED_PAGES = 64;

/** Whether the run needs a host worker. */
export function needsHost(config: StressConfig): boolean {
  return config.invalidateRate > 0 || config.zapAllRate > 0 || config.workload === 'populate';
}
