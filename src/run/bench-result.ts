import type { BenchCell } from '../bench/bench-config.ts';
import type { BenchPlan } from '../bench/complete-bench.ts';
import type { SpanKind } from '../bench/span.ts';
import type { HostInfo } from './host-info.ts';
import type { LatencyCurve } from './latency.ts';

export const BENCH_SCHEMA = 'pte-aging/bench@1';

/** The document that `bench --json` writes. */
export interface BenchResult {
  readonly schema: typeof BENCH_SCHEMA;
  readonly seed: string;
  readonly interrupted: boolean;
  readonly host: HostInfo;
  /** What one measurement of a duration costs by itself, in nanoseconds: it is part of every latency, and of no wall time. */
  readonly timerNs: number;
  readonly config: BenchResultConfig;
  /** The most vCPUs that had a core each beside the aging thread; the fewest, if none had. What is said first is about these. */
  readonly foremostVcpus: number;
  /** One a measured run. */
  readonly rows: readonly BenchRow[];
  /** Between variants, of runs in the same repeat. */
  readonly ratios: readonly BenchRatio[];
  /** What aging costs the vCPUs of one variant: their time with aging, over that without it in the same repeat. */
  readonly slowdowns: readonly BenchCost[];
  /** What it costs to measure latencies: the vCPUs' time in iterations that do, over that in iterations that do not. */
  readonly overheads: readonly BenchCost[];
  /** Latencies of each cell and variant over all repeats. */
  readonly curves: readonly BenchCurve[];
  /** Who held `mmu_lock` and who waited for it, in one iteration of some cells. */
  readonly timelines: readonly BenchTimeline[];
  /** Beside a saved result; null if there is none. */
  readonly comparison: BenchComparison | null;
  /** What makes a figure worth less than it looks. */
  readonly warnings: readonly string[];
  /** What went wrong with the harness; the rows are partial then. */
  readonly failures: readonly string[];
}

export interface BenchResultConfig extends Omit<BenchPlan, 'waitBoundMs'> {
  readonly variants: readonly string[];
}

export interface BenchRow extends BenchCell {
  readonly variant: string;
  /** From 1. Runs of the same repeat were made one after another, in threads that were started for it. */
  readonly repeat: number;
  /** Iterations that measured nothing but the vCPUs' and the passes' time. */
  readonly iterations: number;
  /** Those of them in which a thread waited for a core for more than a tenth of the time. */
  readonly crowdedIterations: number;
  /** How often the run was made: again, if there were cores for all threads and yet one waited. The last one counts. */
  readonly attempts: number;
  /** Accesses of all vCPUs in an iteration; in `mark-idle`, aging calls. */
  readonly accesses: number;
  /** From the first vCPU's beginning to the last one's end: median of the iterations. */
  readonly vcpuWallNs: number;
  /** Average of the aging passes that began while vCPUs ran, as the published table has it; null if there was none. */
  readonly agingPassNs: number | null;
  readonly passes: number;
  /** In iterations beside those, which measured latencies: median of the same time. */
  readonly measuredWallNs: number | null;
  readonly accessNs: BenchLatency;
  readonly faultNs: BenchLatency;
  readonly mmuLockWaitNs: BenchLatency;
  readonly mmuLockHoldNs: BenchLatency;
  /** Part of the pages that still looked idle after all had been touched; null where that is not asked. */
  readonly stillIdle: number | null;
}

/** Nanoseconds; null where nothing was measured. */
export interface BenchLatency {
  readonly count: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly p99_9: number | null;
  readonly p99_99: number | null;
  readonly max: number | null;
}

export type RatioMetric = 'vcpuWall' | 'agingPass';

/** Median over repeats, and an interval that contains the true median with the given confidence. */
export interface Estimate {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** 0 … 1: at least 0.95 if there were repeats enough. */
  readonly confidence: number;
  readonly repeats: number;
}

export interface BenchRatio extends BenchCell, Estimate {
  readonly metric: RatioMetric;
  /** The first one's time over the second one's. */
  readonly variants: readonly [string, string];
}

export interface BenchComparison {
  /** The file of the saved result. */
  readonly baseline: string;
  /** A ratio that got worse by more fails; null: nothing does. */
  readonly failAbovePercent: number | null;
  readonly changes: readonly RatioChange[];
  /** Ratios of the saved result that were not measured now. */
  readonly notMeasured: number;
  /** Ratios measured now that the saved result has not. */
  readonly notInBaseline: number;
}

export interface RatioChange extends BenchCell {
  readonly metric: RatioMetric;
  readonly variants: readonly [string, string];
  readonly before: Estimate;
  readonly now: Estimate;
  /** Of the ratio. */
  readonly percent: number;
  /** For the later variant. `same`: within the margin; `unclear`: beyond it, but the intervals overlap. */
  readonly verdict: 'worse' | 'better' | 'same' | 'unclear';
}

/** What aging, or measuring, costs the vCPUs of one variant: their time with it over that without. */
export interface BenchCost extends BenchCell, Estimate {
  readonly variant: string;
}

export const latencyKinds = ['access', 'fault', 'mmuLockWait', 'mmuLockHold', 'agingPass'] as const;

export type LatencyKind = (typeof latencyKinds)[number];

export interface BenchCurve extends BenchCell {
  readonly variant: string;
  readonly kind: LatencyKind;
  readonly latency: BenchLatency;
  readonly curve: LatencyCurve;
}

/** What each thread did when, in nanoseconds from the beginning of a window: shortly before the first wait for `mmu_lock`. */
export interface BenchTimeline extends BenchCell {
  readonly variant: string;
  readonly threads: readonly {
    /** `vcpu0` …, `aging`, `host`. */
    readonly name: string;
    readonly spans: readonly TimelineSpan[];
  }[];
}

export interface TimelineSpan {
  readonly kind: SpanKind;
  readonly startNs: number;
  readonly durationNs: number;
}
