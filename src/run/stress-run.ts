import type { ProgramTrace } from '../scenario/lackey.ts';
import { InputError } from '../shared/input-error.ts';
import { completeConfig, type StressSettings } from '../stress/complete-config.ts';
import { createStressArena } from '../stress/stress-arena.ts';
import type { StressConfig } from '../stress/stress-config.ts';
import { checkSizes, MAX_ARENA_BYTES } from '../stress/stress-limits.ts';
import type { Sabotage } from '../stress/worker-thread.ts';
import { findMutant } from '../variants/mutants.ts';
import { brokenRulesNamed, variantNamed } from '../variants/named-rules.ts';
import { describeHost } from './host-info.ts';
import { measureTimerCost } from './latency.ts';
import { STRESS_SCHEMA, type StressFinding, type StressResult, type VariantResult } from './stress-result.ts';
import { runVariant } from './variant-run.ts';
import type { VariantProgress } from './variant-run-options.ts';

export interface StressOptions {
  /**
   * Names or aliases, run one after another under the same configuration and seed. Default: all; with a mutant, those
   * on which it shows.
   */
  readonly variants?: readonly string[];
  readonly config: StressSettings;
  /**
   * For each variant; null = until the passes are made or the trace ends. Default, unless one of these is given: 5 s,
   * and 20 s with a mutant, whose run ends as soon as it is caught.
   */
  readonly durationMs?: number | null;
  /** Accesses of a real program instead of a generated workload. */
  readonly trace?: Pick<ProgramTrace, 'accesses' | 'pages'>;
  /** Stops early, with partial results. */
  readonly signal?: AbortSignal;
  /** Called when everything has been checked and the first variant is about to run. */
  readonly onStart?: () => void;
  readonly onProgress?: (progress: VariantProgress) => void;
  /** Test of the harness: makes one worker die or hang. */
  readonly sabotage?: { readonly worker: string; readonly how: Sabotage };
}

const DEFAULT_DURATION_MS = 5_000;
/** A broken rule gets this long to be caught. */
const DEFAULT_MUTANT_DURATION_MS = 20_000;

/**
 * Runs vCPUs, the aging thread and the host on real threads, once for each variant, and judges what the aging calls
 * said.
 *
 * @throws InputError if a name is unknown, or the sizes do not fit the model
 */
export async function stress(options: StressOptions): Promise<StressResult> {
  const chosen = (options.variants ?? defaultVariants(options.config.mutant ?? null)).map(variantNamed);
  const mutant = findMutant(options.config.mutant ?? '');
  const settings = options.trace === undefined ? { ...mutant?.settings, ...options.config } : options.config;
  const config = completeConfig(settings, options.trace?.pages ?? null);
  const arenaBytes = checkStress(config, chosen[0]?.name ?? '', options.trace?.pages ?? 0);
  const timed = options.trace === undefined && config.passes === null;
  const defaultMs = config.mutant === null ? DEFAULT_DURATION_MS : DEFAULT_MUTANT_DURATION_MS;
  const durationMs = options.durationMs === undefined ? (timed ? defaultMs : null) : options.durationMs;
  const signal = options.signal ?? new AbortController().signal;

  options.onStart?.();
  const results: VariantResult[] = [];
  const findings: StressFinding[] = [];
  for (const variant of chosen) {
    if (signal.aborted) break;
    const run = await runVariant({
      config: { ...config, variant: variant.name },
      durationMs,
      trace: options.trace?.accesses ?? null,
      signal,
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
      ...(options.sabotage === undefined ? {} : { sabotage: options.sabotage }),
    });
    results.push(run.result);
    findings.push(...run.findings);
  }
  return {
    schema: STRESS_SCHEMA,
    seed: config.seed,
    interrupted: signal.aborted,
    host: describeHost(),
    timerNs: measureTimerCost(),
    config: { ...config, durationMs, arenaBytes },
    variants: results,
    findings,
  };
}

/** Before the series and after it; any others by name. */
const BEFORE_AND_AFTER = ['mmu-lock-6.1', 'lockless-7.3'];

function defaultVariants(mutant: string | null): readonly string[] {
  const shownOn = mutant === null ? [] : (findMutant(mutant)?.shownOn ?? []);
  return shownOn.length > 0 ? shownOn : BEFORE_AND_AFTER;
}

/** The size of the arena in bytes, or an error that names what does not fit. */
function checkStress(config: Omit<StressConfig, 'variant'>, variant: string, tracePages: number): number {
  if (config.mutant !== null) brokenRulesNamed(config.mutant);
  if (config.pages < tracePages) {
    throw new InputError(`--pages: the trace touches ${tracePages} pages; accepted: at least as many`);
  }
  checkSizes(config);
  const { layout } = createStressArena({ ...config, variant });
  const bytes = layout.wordCount * Int32Array.BYTES_PER_ELEMENT;
  if (bytes > MAX_ARENA_BYTES) {
    throw new InputError(`--pages, --vcpus: the arena takes ${bytes} bytes; accepted: up to ${MAX_ARENA_BYTES}`);
  }
  return bytes;
}
