import type { CheckOutcome } from '../check/check-result.ts';
import type { ScenarioText } from '../check/check-task.ts';
import { RaceControl, type RaceResult, type RaceTask, raceProgram } from '../check/scenario-race.ts';
import { HarnessError } from '../shared/harness-error.ts';
import { InputError } from '../shared/input-error.ts';
import { oopsProperties } from '../shared/oops.ts';
import { check, textsOf } from './check-run.ts';
import { Gang } from './gang.ts';
import { describeHost } from './host-info.ts';
import type { RaceDocument, RacedVariant } from './race-result.ts';

export interface RaceOptions {
  readonly file: string;
  readonly repeat: number;
  readonly variants?: readonly string[];
  readonly mutant?: string;
  readonly seed: string;
  readonly signal: AbortSignal;
}

/**
 * The bridge between the engines: explores a scenario, runs it on real threads again and again, and compares. Every outcome
 * that the threads show must be one that the explorer knows.
 *
 * @throws InputError if the scenario cannot be read, or cannot be explored to the end
 */
export async function raceScenarioFile(options: RaceOptions): Promise<RaceDocument> {
  const [text, ...more] = textsOf([options.file]);
  if (text === undefined || more.length > 0) throw new InputError(`${options.file}: accepted: one scenario file`);
  const explored = await check([options.file], {
    ...(options.variants === undefined ? {} : { variants: options.variants }),
    ...(options.mutant === undefined ? {} : { mutant: options.mutant }),
    signal: options.signal,
  });
  const variants: RacedVariant[] = [];
  for (const result of explored.results) {
    if (options.signal.aborted) break;
    if (!result.complete) {
      throw new InputError(`${options.file}: not explored to the end (${result.cut}); accepted: a smaller scenario`);
    }
    const oops = result.violations.find(({ property }) => oopsProperties.some((one) => one === property));
    if (oops !== undefined) {
      const problem = `${options.file}: the kernel crashes under ${result.variant} (${oops.property})`;
      throw new InputError(
        `${problem}, and real threads would wait for its locks for ever; accepted: where it does not`,
      );
    }
    const { scenario, verdict, complete, states, outcomes } = result;
    const seen = await race(text, result.variant, options);
    variants.push({
      variant: result.variant,
      mutant: options.mutant ?? null,
      ...compare(outcomes, seen, options.repeat),
      explored: { scenario, verdict, complete, states },
    });
  }
  return {
    schema: 'pte-aging/stress@1',
    seed: options.seed,
    interrupted: options.signal.aborted,
    host: describeHost(),
    config: { scenario: options.file, repeat: options.repeat },
    variants,
    findings: variants.flatMap(({ variant, unexplained }) =>
      unexplained.map(
        ({ results, seen }) =>
          `${variant}: ${JSON.stringify(results)} was seen ${seen} times; the explorer has no such outcome`,
      ),
    ),
  };
}

/** How often each combination of results came up on real threads. */
async function race(scenario: ScenarioText, variant: string, options: RaceOptions): Promise<Map<string, number>> {
  const mutant = options.mutant ?? null;
  const { program, machine } = raceProgram(scenario, variant, mutant);
  const names = machine.scenario.threads.map(({ name }) => name);
  const words = new Int32Array(new SharedArrayBuffer(program.initial.byteLength));
  const control = new Int32Array(new SharedArrayBuffer(16));
  const stop = (): void => {
    Atomics.store(control, RaceControl.stop, 1);
  };
  options.signal.addEventListener('abort', stop, { once: true });
  const gang = new Gang(names.length);
  try {
    const members = names.map((name, thread) => {
      const task: RaceTask = {
        scenario,
        variant,
        mutant,
        thread,
        repeat: options.repeat,
        seed: options.seed,
        words,
        control,
      };
      return gang.start<RaceTask, RaceResult>(name, 'race', task);
    });
    const outcomes = await Promise.all(members.map(({ outcome }) => outcome));
    const results = outcomes.map((outcome) => {
      if (outcome.status === 'failed') throw new HarnessError(outcome.message);
      return outcome.result;
    });
    const rounds = Math.min(...results.map((result) => result.rounds.length));
    const seen = new Map<string, number>();
    for (let round = 0; round < rounds; round++) {
      const key = JSON.stringify(
        Object.fromEntries(names.map((name, i) => [name, results[i]?.distinct[results[i]?.rounds[round] ?? 0]])),
      );
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    return seen;
  } finally {
    await gang.end();
  }
}

function compare(
  outcomes: readonly CheckOutcome[],
  seen: ReadonlyMap<string, number>,
  repeat: number,
): Pick<RacedVariant, 'verdict' | 'rounds' | 'outcomes' | 'unexplained'> {
  const known = new Set(outcomes.map(({ results }) => JSON.stringify(results)));
  const unexplained = [...seen]
    .filter(([key]) => !known.has(key))
    .map(([key, count]) => ({ results: JSON.parse(key) as CheckOutcome['results'], seen: count }));
  const rounds = [...seen.values()].reduce((sum, count) => sum + count, 0);
  return {
    verdict: unexplained.length > 0 ? 'violated' : rounds < repeat ? 'interrupted' : 'clean',
    rounds,
    outcomes: outcomes.map((outcome) => ({ ...outcome, seen: seen.get(JSON.stringify(outcome.results)) ?? 0 })),
    unexplained,
  };
}
