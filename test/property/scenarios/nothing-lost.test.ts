import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Variant } from '../../../src/variants/variant.ts';
import { mergedKernels } from '../../../src/variants/variants.ts';
import { propertySeed } from '../../support/property-settings.ts';
import {
  arbitraryScenario,
  checkCase,
  faultsOf,
  type ScenarioCase,
  scenarioProfile,
} from '../../support/scenarios/arbitrary-scenario.ts';

const THIS_FILE = 'test/property/scenarios/nothing-lost.test.ts';
/** So few that they end within the time limit of a property. */
const SCENARIOS_PER_TEST = 10;
const MOST_SKIPPED = 0.1;
const TIMEOUT_MS = 60_000;

const { count, size } = scenarioProfile(process.env);
const seed = propertySeed(process.env);
const groups = Array.from({ length: Math.ceil(count / SCENARIOS_PER_TEST) }, (_, group) => {
  const first = group * SCENARIOS_PER_TEST;
  return { group, first: first + 1, last: Math.min(count, first + SCENARIOS_PER_TEST) };
});

const explored = { total: 0, skipped: 0 };

/** Throws if something is wrong with the scenario. One that is too large is left, and counted. */
function demandNothingLost(drawn: ScenarioCase, variant: Variant): void {
  const result = checkCase(drawn, variant);
  const faults = faultsOf(drawn, variant, result);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  explored.total++;
  if (!result.complete) explored.skipped++;
}

/** The scenario file, what is wrong with it, and how to see it. */
function failureText(drawn: ScenarioCase, variant: Variant, error: unknown): string {
  return [
    `under ${variant.name}: ${error instanceof Error ? error.message : String(error)}`,
    `this scenario, as FILE.yaml, shows it: pte-aging check FILE.yaml --variant ${variant.name}`,
    '',
    drawn.text,
    `again: ${process.env.CI ? 'CI=1 ' : ''}PROPERTY_SEED=${seed} PROPERTY_SCENARIOS=${count} npx vitest run ${THIS_FILE}`,
  ].join('\n');
}

describe.each(mergedKernels)('$name: nothing is lost, nothing misreported', (variant) => {
  it.each(groups)(
    'in scenarios $first to $last',
    ({ group, first, last }) => {
      const property = fc.property(arbitraryScenario(size), (drawn) => demandNothingLost(drawn, variant));
      const details = fc.check(property, { seed: seed + group, numRuns: last - first + 1 });
      if (details.counterexample !== null) {
        expect.fail(failureText(details.counterexample[0], variant, details.errorInstance));
      }
      expect(details.interrupted, 'the time limit was reached').toBe(false);
    },
    TIMEOUT_MS,
  );
});

it('hardly any scenario is too large', () => {
  expect(explored.total).toBeGreaterThanOrEqual(count * mergedKernels.length);
  expect(explored.skipped / explored.total).toBeLessThan(MOST_SKIPPED);
});
