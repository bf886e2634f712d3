import type { BenchRatio, BenchResult, RatioChange } from '../run/bench-result.ts';
import { countText } from './count-text.ts';

/** Ratios that got worse than the baseline's by more than was allowed; none if nobody said how much that is. */
export function worseRatios({ comparison }: Pick<BenchResult, 'comparison'>): readonly RatioChange[] {
  if (comparison === null || comparison.failAbovePercent === null) return [];
  return comparison.changes.filter(({ verdict }) => verdict === 'worse');
}

type RatioName = Pick<BenchRatio, 'metric' | 'phase' | 'variants' | 'vcpus' | 'aging' | 'faultWorkNs'>;

export function ratioName({ metric, phase, variants, vcpus, aging, faultWorkNs }: RatioName): string {
  return `${phase}: ${metric} ${variants.join(' / ')}, ${countText(vcpus, 'vCPU')}, aging ${aging}, ${faultWorkNs} ns a fault`;
}

export function changeText({ before, now, percent }: RatioChange): string {
  return `${before.ratio.toFixed(2)} before, now ${now.ratio.toFixed(2)} (${now.low.toFixed(2)} … ${now.high.toFixed(2)}): ${percent.toFixed(1)} %`;
}
