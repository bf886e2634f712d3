import { InputError } from '../shared/input-error.ts';
import { createStressArena } from '../stress/stress-arena.ts';
import type { StressConfig } from '../stress/stress-config.ts';
import { checkSizes, MAX_ARENA_BYTES } from '../stress/stress-limits.ts';
import type { Sabotage } from '../stress/worker-thread.ts';
import { describeHost } from './host-info.ts';
import { measureTimerCost } from './latency.ts';
import { STRESS_SCHEMA, type StressFinding, type StressResult, type VariantResult } from './stress-result.ts';
import { runVariant, type VariantProgress } from './variant-run.ts';

export interface StressOptions {
  /** Canonical names, run one after another under the same configuration and seed. */
  readonly variants: readonly string[];
  readonly config: Omit<StressConfig, 'variant'>;
  /** For each variant; null = until the passes are made or the trace ends. */
  readonly durationMs: number | null;
  /** Packed accesses on shared memory, with workload `trace`. */
  readonly trace?: Int32Array;
  /** Stops early, with partial results. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: VariantProgress) => void;
  /** Test of the harness: makes one worker die or hang. */
  readonly sabotage?: { readonly worker: string; readonly how: Sabotage };
}

/**
 * Runs vCPUs, the aging thread and the host on real threads, once for each variant, and judges what the aging calls
 * said.
 *
 * @throws InputError if the sizes do not fit the model
 */
export async function stress(options: StressOptions): Promise<StressResult> {
  const { config } = options;
  checkSizes(config);
  const arena = createStressArena({ ...config, variant: options.variants[0] ?? '' });
  const arenaBytes = arena.layout.wordCount * Int32Array.BYTES_PER_ELEMENT;
  if (arenaBytes > MAX_ARENA_BYTES) {
    throw new InputError(`--pages, --vcpus: the arena takes ${arenaBytes} bytes; accepted: up to ${MAX_ARENA_BYTES}`);
  }
  const signal = options.signal ?? new AbortController().signal;
  const variants: VariantResult[] = [];
  const findings: StressFinding[] = [];
  for (const variant of options.variants) {
    if (signal.aborted) break;
    const run = await runVariant({
      config: { ...config, variant },
      durationMs: options.durationMs,
      trace: options.trace ?? null,
      signal,
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
      ...(options.sabotage === undefined ? {} : { sabotage: options.sabotage }),
    });
    variants.push(run.result);
    findings.push(...run.findings);
  }
  return {
    schema: STRESS_SCHEMA,
    seed: config.seed,
    interrupted: signal.aborted,
    host: describeHost(),
    timerNs: measureTimerCost(),
    config: { ...config, durationMs: options.durationMs, arenaBytes },
    variants,
    findings,
  };
}
