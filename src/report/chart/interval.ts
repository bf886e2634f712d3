import type { Estimate } from '../../run/bench-result.ts';
import { LEAST_CONFIDENCE } from '../../shared/confidence.ts';

/** Whether the values that a ratio rests on are enough to say between what it lies. */
export function hasInterval({ confidence }: Pick<Estimate, 'confidence'>): boolean {
  return confidence >= LEAST_CONFIDENCE;
}

export function showsDifference(estimate: Pick<Estimate, 'confidence' | 'low' | 'high'>): boolean {
  return hasInterval(estimate) && (estimate.low > 1 || estimate.high < 1);
}
