import { expect, it } from 'vitest';
import type { StressConfig } from '../../../src/stress/stress-config.ts';
import { findMutant, type mutants } from '../../../src/variants/mutants.ts';
import { runStress } from '../../support/stress/run-stress.ts';

const SEEDS = ['1', '2', '3'];

/** Mutants that a short run finds surely, and what makes it find them. */
const caught: readonly (readonly [mutant: string, variant: string, overrides: Partial<StressConfig>])[] = [
  ['clear-untested', 'lockless-7.3', { workload: 'zipf', pages: 64, tlbEntries: 0 }],
  ['clear-unselected', 'lockless-7.3', { workload: 'pulse' }],
  ['no-flush', 'mmu-lock-6.1', {}],
  ['no-flush', 'lockless-7.3', {}],
  ['fault-ignores-invalidation', 'mmu-lock-6.1', { invalidateRate: 5000 }],
  ['fault-ignores-invalidation', 'lockless-7.3', { invalidateRate: 5000 }],
  ['round-inward', 'mmu-lock-6.1', {}],
  ['round-inward', 'lockless-7.3', {}],
  ['first-slot-only', 'lockless-7.3', {}],
];

it.each(caught)('A stress run catches %s on %s', async (mutant, variant, overrides) => {
  const property = findMutant(mutant)?.violates as (typeof mutants)[number]['violates'];
  let found = 0;
  for (const seed of SEEDS) {
    const { variants, findings } = await runStress(
      { mutant, seed, stopAtViolation: true, ...overrides },
      { variants: [variant], durationMs: 3000 },
    );
    expect(variants[0]?.failures).toEqual([]);
    found = variants[0]?.violations[property] ?? 0;
    if (found === 0) continue;
    expect(variants[0]?.verdict).toBe('violated');
    expect(findings).toContainEqual(expect.objectContaining({ variant, mutant, property }));
    break;
  }
  expect(found).toBeGreaterThan(0);
});
