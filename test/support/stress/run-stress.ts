import type { StressResult, VariantResult } from '../../../src/run/stress-result.ts';
import { type StressOptions, stress } from '../../../src/run/stress-run.ts';
import { propertyIds } from '../../../src/shared/property.ts';
import type { StressConfig } from '../../../src/stress/stress-config.ts';
import { variants } from '../../../src/variants/variants.ts';
import { stressConfig } from './stress-config.ts';

/** A short run on real threads, of both variants unless told otherwise. */
export function runStress(
  overrides: Partial<StressConfig>,
  options: Partial<Omit<StressOptions, 'config'>> = {},
): Promise<StressResult> {
  return stress({
    variants: variants.map(({ name }) => name),
    durationMs: 500,
    ...options,
    config: stressConfig(overrides),
  });
}

/** What a clean run has in common, in a form whose difference says what is wrong. */
export function complaints({ variant, verdict, failures, violations, lostWakeups }: VariantResult): object {
  const found = propertyIds.filter((property) => (violations[property] ?? 0) > 0);
  return { variant, verdict, failures, found, lostWakeups };
}

export function noComplaints({ variant }: VariantResult): object {
  return { variant, verdict: 'clean', failures: [], found: [], lostWakeups: 0 };
}
