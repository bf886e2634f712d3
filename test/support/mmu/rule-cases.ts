import { describe } from 'vitest';
import type { Rules } from '../../../src/mmu/rules.ts';
import { ruleValues } from '../../../src/variants/rule-mutants.ts';
import { mergedKernels } from '../../../src/variants/variants.ts';

/** A variant's rules with one of them as given. */
interface RuleCase<Name extends keyof Rules> {
  readonly rules: Rules;
  readonly value: Rules[Name];
}

/**
 * Describes each variant with each value that a rule can have: its own, and those that others have. What a test expects
 * depends on the value and differs from value to value, so that it fails where the rule is ignored.
 */
export function describeRule<Name extends keyof Rules>(rule: Name, body: (ruleCase: RuleCase<Name>) => void): void {
  const values: readonly Rules[Name][] = ruleValues[rule];
  for (const variant of mergedKernels) {
    for (const value of values) {
      const own = value === variant.rules[rule] ? ', its own' : '';
      describe(`${variant.name} with ${rule}=${value}${own}`, () => {
        body({ value, rules: { ...variant.rules, [rule]: value } });
      });
    }
  }
}
