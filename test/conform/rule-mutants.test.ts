import { describe, expect, it } from 'vitest';
import { conformTrace } from '../../src/conform/conform-trace.ts';
import type { Rules } from '../../src/mmu/rules.ts';
import { type RuleMutant, ruleMutants, ruleValues } from '../../src/variants/rule-mutants.ts';
import { untraceableRules } from '../../src/variants/untraceable-rules.ts';
import type { Variant } from '../../src/variants/variant.ts';
import { mergedKernels } from '../../src/variants/variants.ts';
import { shippedTraces } from '../support/conform/shipped-traces.ts';

const traces = await shippedTraces();
const rules = Object.keys(ruleValues) as (keyof Rules)[];

/** Whether a trace disagrees with a mutant, or drives it into an error that the kernel did not have. */
function isExposed(mutant: RuleMutant, variant: Variant): boolean {
  return traces.some(({ trace, variant: own }) => {
    if (own !== variant) return false;
    try {
      return conformTrace(trace, { variant, breaks: mutant.breaks }).disagreements.length > 0;
    } catch {
      return true;
    }
  });
}

function mutantsOf(rule: keyof Rules): { variant: Variant; mutant: RuleMutant }[] {
  return mergedKernels.flatMap((variant) =>
    ruleMutants(variant)
      .filter((mutant) => mutant.rule === rule)
      .map((mutant) => ({ variant, mutant })),
  );
}

describe('Of every rule', () => {
  it('all values are known', () => {
    for (const { rules: own } of mergedKernels) {
      expect(Object.keys(own).sort()).toEqual([...rules].sort());
      for (const rule of rules) expect(ruleValues[rule]).toContain(own[rule]);
    }
  });

  it.each(rules.filter((rule) => !(rule in untraceableRules)))('%s: some trace exposes a mutant', (rule) => {
    expect(mutantsOf(rule).some(({ variant, mutant }) => isExposed(mutant, variant))).toBe(true);
  });

  it.each(rules.filter((rule) => rule in untraceableRules))(
    '%s: no trace can, as is said',
    { timeout: 60_000 },
    (rule) => {
      const exposed = mutantsOf(rule).filter(({ variant, mutant }) => isExposed(mutant, variant));
      expect(exposed.map(({ variant, mutant }) => `${variant.name} ${mutant.name}`)).toEqual([]);
    },
  );
});
