/**
 * What vCPUs do in a measured run: the phases of the kernel's `access_tracking_perf_test`, and pressure by a host that takes
 * pages back.
 */
export const phaseNames = [
  'populate',
  'write-populated',
  'read',
  'mark-idle',
  'write-idle',
  'read-idle',
  'invalidate',
] as const;

export type PhaseName = (typeof phaseNames)[number];

/** What the aging thread does meanwhile: nothing, pass after pass, or a pass at regular intervals. */
export const agingModes = ['none', 'continuous', 'periodic'] as const;

export type AgingMode = (typeof agingModes)[number];

/** Phases whose accesses fault: only there does it matter what a fault does outside `mmu_lock`. */
export const faultingPhases: ReadonlySet<PhaseName> = new Set(['populate', 'invalidate']);

/** What every worker of a gang must know. Plain data: it crosses thread boundaries. */
export interface GangConfig {
  readonly variant: string;
  readonly mutant: string | null;
  readonly seed: string;
  readonly vcpus: number;
  /** Of guest memory for each vCPU, which touches no other's. */
  readonly pagesPerVcpu: number;
  /** Pages that an aging call covers: 1 = no bitmap. */
  readonly batch: number;
  /** Entries of each vCPU's TLB, 0 = none. */
  readonly tlbEntries: number;
  /** Invalidations a second in phase `invalidate`, each of up to 64 pages. */
  readonly invalidateRate: number;
  /** From the beginning of one periodic aging pass to that of the next, in milliseconds. */
  readonly periodMs: number;
  /** Bound of every wait of a worker, in milliseconds. */
  readonly waitBoundMs: number;
}

/** One combination of what is measured. A run measures one cell with one variant. */
export interface BenchCell {
  readonly vcpus: number;
  readonly phase: PhaseName;
  readonly aging: AgingMode;
  /** What each fault does outside `mmu_lock` besides the model's own steps, in nanoseconds of a core's time. */
  readonly faultWorkNs: number;
}

/** The order in which cells are shown: what belongs together side by side, more vCPUs below fewer. */
export function compareCells(one: BenchCell, other: BenchCell): number {
  return (
    phaseNames.indexOf(one.phase) - phaseNames.indexOf(other.phase) ||
    other.faultWorkNs - one.faultWorkNs ||
    agingModes.indexOf(one.aging) - agingModes.indexOf(other.aging) ||
    one.vcpus - other.vcpus
  );
}
