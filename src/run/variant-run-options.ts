import type { StressConfig } from '../stress/stress-config.ts';
import type { Sabotage } from '../stress/worker-thread.ts';

export interface VariantRunOptions {
  readonly config: StressConfig;
  readonly durationMs: number | null;
  /** Packed accesses, shared, with workload `trace`. */
  readonly trace: Int32Array | null;
  /** Stops the run early, with partial results. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: VariantProgress) => void;
  /** Test of the harness: what to do to one worker. */
  readonly sabotage?: { readonly worker: string; readonly how: Sabotage };
}

export interface VariantProgress {
  readonly variant: string;
  readonly seconds: number;
  readonly durationMs: number | null;
  readonly accesses: number;
  readonly agingCalls: number;
}
