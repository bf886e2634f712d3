import { conformTrace, variantForKernel } from '../conform/conform-trace.ts';
import type { Rules } from '../mmu/rules.ts';
import { type KernelTrace, mmuOf } from '../scenario/kernel-trace.ts';
import { findKernelTraces, readKernelTrace } from '../scenario/read-kernel-trace.ts';
import { InputError } from '../shared/input-error.ts';
import { brokenRulesNamed, variantNamed } from '../variants/named-rules.ts';
import type { Variant } from '../variants/variant.ts';
import { CONFORM_SCHEMA, type ConformedTrace, type ConformResult, type VariantCoverage } from './conform-result.ts';
import { coverRules } from './rule-coverage.ts';

export interface ConformOptions {
  /** Names or aliases; each trace is replayed through each. Default: the one that the trace's kernel calls for. */
  readonly variants?: readonly string[];
  /** A mutant whose broken rule the variants get, or `rule=value`. */
  readonly mutant?: string;
  /** Stops between traces, with partial results. */
  readonly signal?: AbortSignal;
  /** Called in front of each trace. */
  readonly onProgress?: (progress: ConformProgress) => void;
}

export interface ConformProgress {
  readonly file: string;
  /** Traces that have been replayed. */
  readonly done: number;
  readonly traces: number;
}

/**
 * Replays traces of real kernels through the model, one after another, and compares every result.
 *
 * @param paths files, or directories that are searched for `.jsonl` and `.jsonl.gz`
 * @throws InputError if a name is unknown, a path leads to no trace, a trace is damaged, or its kernel calls for no
 * variant and none is given
 */
export async function conform(paths: readonly string[], options: ConformOptions = {}): Promise<ConformResult> {
  if (!Array.isArray(paths)) throw new InputError('conform: accepted: an array of paths');
  const chosen = options.variants?.map(variantNamed);
  const mutant = options.mutant ?? null;
  const breaks = mutant === null ? {} : brokenRulesNamed(mutant);
  const files = findKernelTraces(paths);
  const traces: ConformedTrace[] = [];
  const used = new Set<Variant>(chosen);
  let done = 0;
  for (const file of files) {
    if (options.signal?.aborted) break;
    options.onProgress?.({ file, done, traces: files.length });
    const trace = await readKernelTrace(file);
    const { kernel, scenario } = trace.config;
    for (const variant of chosen ?? [calledForBy(trace)]) {
      used.add(variant);
      const result = conformTrace(trace, { variant, breaks });
      traces.push({ ...result, mutant, kernel, mmu: mmuOf(trace.config), scenario });
    }
    done++;
  }
  const rules = [...used].map((variant) => coverage({ ...variant.rules, ...breaks }, variant.name, mutant, traces));
  return { schema: CONFORM_SCHEMA, interrupted: options.signal?.aborted ?? false, files: files.length, traces, rules };
}

function coverage(rules: Rules, variant: string, mutant: string | null, traces: ConformedTrace[]): VariantCoverage {
  return {
    variant,
    mutant,
    rules: coverRules(
      rules,
      traces.filter((trace) => trace.variant === variant),
    ),
  };
}

function calledForBy({ file, config }: KernelTrace): Variant {
  const variant = variantForKernel(config.kernel);
  if (variant === undefined) {
    const accepted = 'kernels 6.1, 6.12 and 7.3; any with an explicit variant';
    throw new InputError(`${file}:1: kernel ${config.kernel} calls for no variant; accepted: ${accepted}`);
  }
  return variant;
}
