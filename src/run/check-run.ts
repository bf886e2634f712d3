import { CHECK_SCHEMA, type CheckResult } from '../check/check-result.ts';
import { CheckGauge, type CheckReply, type CheckTask, type ScenarioText } from '../check/check-task.ts';
import { findScenarios, readScenarioText } from '../scenario/read-scenario.ts';
import { HarnessError } from '../shared/harness-error.ts';
import { InputError } from '../shared/input-error.ts';
import { brokenRulesNamed, variantNamed } from '../variants/named-rules.ts';
import { Gang } from './gang.ts';
import { shippedScenarioTexts } from './shipped-scenarios.ts';

export interface CheckOptions {
  /** Names or aliases. Default: for each scenario the one that it names, or those that it expects something of. */
  readonly variants?: readonly string[];
  /** A mutant, or `rule=value`. Expectations are of the unbroken variants, and are not looked at. */
  readonly mutant?: string;
  /** Budget for each scenario and variant. */
  readonly maxStates?: number;
  readonly milliseconds?: number;
  /** Explores only schedules with at most so many preemptions; nothing holds then if there are others. */
  readonly preemptions?: number;
  /** Of the random runs in front of each search; results do not depend on it. */
  readonly seed?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CheckProgress) => void;
}

export interface CheckProgress {
  /** Scenarios times variants that are done. */
  readonly done: number;
  readonly states: number;
  readonly statesPerSecond: number;
}

const PROGRESS_EVERY_MS = 250;

/**
 * Explores every interleaving of scenario files, or of the shipped scenarios if none is given, in a thread of its own.
 *
 * @throws InputError if a file cannot be read, parsed or run, or a name is unknown
 */
export async function check(paths: readonly string[] = [], options: CheckOptions = {}): Promise<CheckResult> {
  options.variants?.forEach(variantNamed);
  if (options.mutant !== undefined) brokenRulesNamed(options.mutant);
  const seed = options.seed ?? '1';
  const control = new Int32Array(new SharedArrayBuffer(4));
  const gauges = new Float64Array(new SharedArrayBuffer(8 * Object.keys(CheckGauge).length));
  const task: CheckTask = {
    scenarios: paths.length === 0 ? shippedScenarioTexts() : textsOf(paths),
    variants: options.variants ?? null,
    mutant: options.mutant ?? null,
    maxStates: options.maxStates ?? null,
    milliseconds: options.milliseconds ?? null,
    preemptions: options.preemptions ?? null,
    seed,
    control,
    gauges,
  };
  const stop = (): void => {
    Atomics.store(control, 0, 1);
  };
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted) stop();
  const gang = new Gang(1);
  const timer = setInterval(() => {
    options.onProgress?.({
      done: gauges[CheckGauge.done] ?? 0,
      states: gauges[CheckGauge.states] ?? 0,
      statesPerSecond: gauges[CheckGauge.statesPerSecond] ?? 0,
    });
  }, PROGRESS_EVERY_MS);
  try {
    const outcome = await gang.start<CheckTask, CheckReply>('check', 'check', task).outcome;
    if (outcome.status === 'failed') throw new HarnessError(outcome.message);
    if ('problem' in outcome.result) throw new InputError(outcome.result.problem);
    const { results } = outcome.result;
    return { schema: CHECK_SCHEMA, seed, interrupted: options.signal?.aborted ?? false, results };
  } finally {
    clearInterval(timer);
    await gang.end();
  }
}

/** @throws InputError if a path leads to no scenario, or to one that cannot be read */
export function textsOf(paths: readonly string[]): ScenarioText[] {
  return findScenarios(paths).map((file) => ({ file, place: file, text: readScenarioText(file) }));
}
