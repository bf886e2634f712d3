import { describe, expect, it } from 'vitest';
import type { CheckedScenario } from '../../src/check/check-result.ts';
import { checkScenario } from '../../src/check/check-scenario.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import type { Variant } from '../../src/variants/variant.ts';
import { findVariant } from '../../src/variants/variants.ts';
import { shippedScenarios } from '../support/scenarios/check-shipped.ts';

const TIMEOUT_MS = 60_000;
/** Larger searches would only take longer. */
const MAX_STATES = 4000;
const VARIANTS = ['lockless-7.3', 'v3', 'v3-arm64'];

/** The same scenario as the second machine's of two, of which the first does nothing, with memory that nobody else has. */
function inSecondVm(scenario: Scenario): Scenario {
  const hva = Math.max(...scenario.memslots.map((slot) => slot.hva + slot.pages));
  return {
    ...scenario,
    machine: { ...scenario.machine, vms: 2 },
    memslots: [
      { id: 0, vm: 0, as: 0, gfn: 0, hva, pages: 1, log: false },
      ...scenario.memslots.map((slot) => ({ ...slot, vm: 1 })),
    ],
    setup: scenario.setup.map((step) => ({ ...step, vm: 1, thread: `vm1.${step.thread}` })),
    threads: scenario.threads.map((thread) => ({ ...thread, vm: 1, name: `vm1.${thread.name}` })),
  };
}

function check(scenario: Scenario, variantName: string): CheckedScenario {
  const variant = findVariant(variantName) as Variant;
  return checkScenario(scenario, { variant, budget: { states: 10 * MAX_STATES }, seed: '1', tokenOf: () => '' });
}

/** What happens: how often, in how many states, depends on what else the other machine is asked. */
function happens({ verdict, complete, violations, outcomes }: CheckedScenario): unknown {
  return {
    verdict,
    complete,
    violations: [...new Set(violations.map((one) => `${one.property} ${one.reason} ${one.page}`))].sort(),
    results: outcomes.map(({ results }) => JSON.stringify(Object.values(results))).sort(),
  };
}

const cases = shippedScenarios
  .filter(({ machine }) => machine.vms === 1)
  .flatMap((scenario) =>
    VARIANTS.filter((variant) => scenario.expect.has(variant)).map((variant) => ({ scenario, variant })),
  )
  .map((one) => ({ ...one, result: check(one.scenario, one.variant) }))
  .filter(({ result }) => result.states <= MAX_STATES)
  .map((one) => [one.scenario.name, one.variant, one] as const);

describe('A second virtual machine', () => {
  it.each(cases)('does in %s under %s what an only one does', { timeout: TIMEOUT_MS }, (_, variant, one) => {
    expect(happens(check(inSecondVm(one.scenario), variant))).toEqual(happens(one.result));
  });
});
