import type { StressResult, VariantResult } from '../../../src/run/stress-result.ts';
import type { StressOptions } from '../../../src/run/stress-run.ts';
import { propertyIds } from '../../../src/shared/property.ts';
import type { StressConfig } from '../../../src/stress/stress-config.ts';
import { stressConfig } from './stress-config.ts';

/** As users run it: workers of `dist` start several times faster than those that compile their sources first. */
const { stress } = (await import(
  new URL('../../../dist/run/stress-run.js', import.meta.url).href
)) as typeof import('../../../src/run/stress-run.ts');

/** A short run on real threads, of the default variants unless told otherwise. */
export function runStress(
  overrides: Partial<StressConfig>,
  options: Partial<Omit<StressOptions, 'config'>> = {},
): Promise<StressResult> {
  return stress({
    durationMs: 300,
    ...options,
    config: stressConfig(overrides),
  });
}

/** What a clean run has in common, in a form whose difference says what is wrong. */
export function complaints({ variant, verdict, failures, violations }: VariantResult): object {
  const found = propertyIds.filter((property) => (violations[property] ?? 0) > 0);
  return { variant, verdict, failures, found };
}

export function noComplaints({ variant }: VariantResult): object {
  return { variant, verdict: 'clean', failures: [], found: [] };
}
