import type { CheckedScenario } from '../../../src/check/check-result.ts';
import { checkScenario } from '../../../src/check/check-scenario.ts';
import { scenarios } from '../../../src/run/shipped-scenarios.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { findMutant } from '../../../src/variants/mutants.ts';
import { findRuleMutant } from '../../../src/variants/rule-mutants.ts';
import { findVariant } from '../../../src/variants/variants.ts';

export const shippedScenarios: readonly Scenario[] = scenarios();

/** More than any shipped scenario has; a search that comes to this is not complete, and fails its test. */
const MAX_STATES = 2_000_000;

/** Every interleaving of a shipped scenario under a variant, broken by a mutant or `rule=value` if one is named. */
export function checkShipped(name: string, variantName: string, broken?: string): CheckedScenario {
  const scenario = shippedScenarios.find((one) => one.name === name);
  if (scenario === undefined) throw new RangeError(`no scenario is called ${name}`);
  const variant = findVariant(variantName);
  if (variant === undefined) throw new RangeError(`no variant is called ${variantName}`);
  const options = { variant, budget: { states: MAX_STATES }, seed: '1', tokenOf: (schedule: string) => schedule };
  if (broken === undefined) return checkScenario(scenario, options);
  const breaks = findMutant(broken)?.breaks ?? findRuleMutant(broken)?.breaks;
  if (breaks === undefined) throw new RangeError(`there is no mutant ${broken}`);
  return checkScenario(scenario, { ...options, mutant: { name: broken, breaks } });
}

/** The properties whose violations are no documented exceptions. */
export function forbidden({ violations }: CheckedScenario): readonly string[] {
  return [...new Set(violations.filter((one) => one.class === 'forbidden').map((one) => one.property))].sort();
}
