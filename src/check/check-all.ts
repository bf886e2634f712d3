import { parseScenario } from '../scenario/parse-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { brokenRulesNamed, variantNamed } from '../variants/named-rules.ts';
import type { Variant } from '../variants/variant.ts';
import { mergedKernels, variantNames } from '../variants/variants.ts';
import type { CheckedScenario } from './check-result.ts';
import { checkScenario } from './check-scenario.ts';
import { CheckGauge, type CheckTask } from './check-task.ts';
import { encodeScenarioToken, scenarioHash } from './scenario-token.ts';
import { encodeWords } from './word-list.ts';

/**
 * Explores each scenario of a task under each of its variants, until the task is stopped.
 *
 * @throws InputError if a scenario cannot be parsed or run; all are parsed before the first one is explored
 */
export function checkAll(task: CheckTask, now: () => number): CheckedScenario[] {
  const { control, gauges, mutant, maxStates, milliseconds, preemptions } = task;
  const parsed = task.scenarios.map(({ file, place, text }) => {
    const scenario = parseScenario(text, { file: place, variants: variantNames() });
    return { text, scenario: { ...scenario, file } };
  });
  const results: CheckedScenario[] = [];
  const broken = mutant === null ? undefined : { name: mutant, breaks: brokenRulesNamed(mutant) };
  for (const { text, scenario } of parsed) {
    for (const variant of variantsFor(task, scenario)) {
      if (Atomics.load(control, 0) !== 0) return results;
      results.push(
        checkScenario(scenario, {
          variant,
          ...(broken === undefined ? {} : { mutant: broken }),
          seed: task.seed,
          ...(preemptions === null ? {} : { preemptions }),
          budget: {
            now,
            ...(maxStates === null ? {} : { states: maxStates }),
            ...(milliseconds === null ? {} : { milliseconds }),
          },
          onProgress: (progress) => {
            gauges[CheckGauge.states] = progress.states;
            gauges[CheckGauge.statesPerSecond] = progress.statesPerSecond ?? 0;
            return Atomics.load(control, 0) === 0;
          },
          tokenOf: (schedule, sharedWords) =>
            encodeScenarioToken({
              scenario: scenario.name,
              hash: scenarioHash(text),
              variant: variant.name,
              mutant,
              words: encodeWords(sharedWords),
              schedule,
            }),
        }),
      );
      gauges[CheckGauge.done] = results.length;
    }
  }
  return results;
}

/** Those asked for; else the one that the file names; else those that it expects something of; else the released kernels. */
export function variantsFor({ variants: chosen }: Pick<CheckTask, 'variants'>, scenario: Scenario): readonly Variant[] {
  if (chosen !== null) return chosen.map(variantNamed);
  if (scenario.variant !== null) return [variantNamed(scenario.variant)];
  const expected = [...scenario.expect.keys()].map(variantNamed);
  return expected.length > 0 ? [...new Set(expected)] : mergedKernels;
}
