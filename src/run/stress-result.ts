import type { PropertyId, TolerationId } from '../shared/property.ts';
import type { PageAgeMap } from '../stress/page-ages.ts';
import type { StressConfig } from '../stress/stress-config.ts';
import type { HostInfo } from './host-info.ts';
import type { LatencyCurve, LatencySummary } from './latency.ts';

export const STRESS_SCHEMA = 'pte-aging/stress@1';

/** The document that `stress --json` writes. */
export interface StressResult {
  readonly schema: typeof STRESS_SCHEMA;
  readonly seed: string;
  readonly interrupted: boolean;
  readonly host: HostInfo;
  /** What one measurement costs by itself, in nanoseconds: it is part of every latency. */
  readonly timerNs: number;
  readonly config: StressResultConfig;
  readonly variants: readonly VariantResult[];
  readonly findings: readonly StressFinding[];
}

export interface StressResultConfig extends Omit<StressConfig, 'variant'> {
  /** For each variant; null = until the passes are made or the trace ends. */
  readonly durationMs: number | null;
  /** Size of a run's shared memory. */
  readonly arenaBytes: number;
}

export type StressVerdict = 'clean' | 'violated' | 'harness-failure' | 'interrupted';

export const stressLatencyKinds = ['access', 'fault', 'agingPass', 'mmuLockWait'] as const;

export type StressLatencyKind = (typeof stressLatencyKinds)[number];

export interface VariantResult {
  readonly variant: string;
  readonly mutant: string | null;
  readonly verdict: StressVerdict;
  /** Accesses of the workload; those of pulses in between are apart. */
  readonly accesses: number;
  readonly pulseAccesses: number;
  readonly accessesPerSecond: number;
  readonly seconds: number;
  /** From nothing to all workers at the gate. */
  readonly setupSeconds: number;
  /** Exits for page faults; those that hit an invalidation are retried at once. */
  readonly faults: number;
  /** Faults that mapped a page. */
  readonly faultsFixed: number;
  readonly tlbHits: number;
  readonly agingCalls: number;
  readonly agingPasses: number;
  /** Passes over pages that were touched once and then left alone: what losses are judged by best. */
  readonly pulses: number;
  readonly youngReported: number;
  readonly invalidations: number;
  readonly zapAlls: number;
  readonly epochResets: number;
  /** Waits that ended by a bounded slice although their condition was true. */
  readonly lostWakeups: number;
  /** Distinct (page, call) findings; null where the run could not have found one. */
  readonly violations: Readonly<Record<PropertyId, number | null>>;
  readonly tolerated: Readonly<Record<TolerationId, number>>;
  readonly latencyNs: Readonly<Record<StressLatencyKind, LatencySummary>>;
  /** The same as whole distributions. */
  readonly curves: Readonly<Record<StressLatencyKind, LatencyCurve>>;
  /** null if the aging thread did not return. */
  readonly pageAges: PageAgeMap | null;
  /** What went wrong with the harness itself. */
  readonly failures: readonly string[];
}

export interface StressFinding {
  readonly variant: string;
  readonly mutant: string | null;
  readonly property: PropertyId;
  readonly page: number | null;
  /** The thread that saw it. */
  readonly thread: string;
  readonly detail: string;
}
