import type { Estimate } from '../../run/bench-result.ts';

/** Four repeats have 87.5 %; fewer make no interval worth the name. */
const LEAST_CONFIDENCE = 0.87;

/** Whether the values that a ratio rests on are enough to say between what it lies. */
export function hasInterval({ confidence }: Pick<Estimate, 'confidence'>): boolean {
  return confidence >= LEAST_CONFIDENCE;
}

export function showsDifference(estimate: Pick<Estimate, 'confidence' | 'low' | 'high'>): boolean {
  return hasInterval(estimate) && (estimate.low > 1 || estimate.high < 1);
}
