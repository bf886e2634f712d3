import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mutants } from '../../../src/variants/mutants.ts';
import { findVariant, mergedKernels } from '../../../src/variants/variants.ts';
import { type AgingProgram, agingProgram } from '../../support/mmu/aging-program.ts';
import { runAgingProgram } from '../../support/mmu/run-aging-program.ts';

const RUNS_FOR_A_MUTANT = 500;

describe.each(mergedKernels)('$name', ({ rules }) => {
  it('answers every aging call as a map of accessed pages would', () => {
    fc.assert(fc.property(agingProgram(false), (program) => runAgingProgram(program, rules, rules)));
  });

  it('does not see accesses that the TLB served, and sees all others', () => {
    fc.assert(fc.property(agingProgram(true), (program) => runAgingProgram(program, rules, rules)));
  });
});

/** Mutants that misbehave even if one thread does everything. The others need several at once. */
const visible: ReadonlySet<string> = new Set([
  'clear-unselected on lockless-7.3',
  'no-flush on mmu-lock-6.1',
  'no-flush on lockless-7.3',
  'round-inward on mmu-lock-6.1',
  'round-inward on lockless-7.3',
  'first-slot-only on mmu-lock-6.1',
  'first-slot-only on lockless-7.3',
]);

describe('The map of accessed pages', () => {
  const cases = mutants.flatMap((mutant) =>
    mergedKernels.map((variant) => ({ name: `${mutant.name} on ${variant.name}`, mutant, variant: variant.name })),
  );
  const isContradicted = ({ mutant, variant }: (typeof cases)[number]): boolean => {
    const rules = findVariant(variant)?.rules as (typeof mergedKernels)[number]['rules'];
    const property = fc.property(agingProgram(true), (program: AgingProgram) =>
      runAgingProgram(program, { ...rules, ...mutant.breaks }, rules),
    );
    const { counterexample, interrupted } = fc.check(property, { numRuns: RUNS_FOR_A_MUTANT, endOnFailure: true });
    expect(interrupted).toBe(false);
    return counterexample !== null;
  };

  it.each(cases.filter(({ name }) => visible.has(name)))('contradicts $name', (mutated) => {
    expect(isContradicted(mutated)).toBe(true);
  });

  it('names mutants that there are', () => {
    expect(cases.map(({ name }) => name)).toEqual(expect.arrayContaining([...visible]));
  });
});
