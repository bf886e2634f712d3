import { describe, expect, it } from 'vitest';
import { mergedKernels } from '../../src/variants/variants.ts';
import { checkShipped, forbidden, shippedScenarios } from '../support/scenarios/check-shipped.ts';

/** The largest takes a few seconds where nothing else runs. */
const TIMEOUT_MS = 60_000;

describe('Every shipped scenario', () => {
  it.each(shippedScenarios.map((scenario) => [scenario.name, scenario] as const))(
    '%s: says in a line what it is about, and what it expects of each released kernel',
    (_, { description, expect: expectations }) => {
      expect(description).not.toBe('');
      expect([...expectations.keys()]).toEqual(expect.arrayContaining(mergedKernels.map(({ name }) => name)));
    },
  );

  const runs = shippedScenarios.flatMap(({ name, expect: expectations }) =>
    [...expectations.keys()].map((variant) => [name, variant] as const),
  );

  it.each(runs)('%s under %s: complete, and as expected', { timeout: TIMEOUT_MS }, (name, variant) => {
    const result = checkShipped(name, variant);
    const tolerated = [...new Set(result.violations.flatMap(({ reason }) => (reason === null ? [] : [reason])))];
    const found = `${result.verdict} ${forbidden(result).join(', ')}, tolerated: ${tolerated.join(', ') || 'nothing'}`;
    expect(result.cut).toBeNull();
    expect(result.complete).toBe(true);
    expect(result.expected, `expected and not met; found: ${found}`).toBeNull();
    expect(result.expectation).toBe('met');
  });
});
