import type { PhaseName } from '../bench/bench-config.ts';
import type { BenchRatio, BenchResult, RatioMetric } from '../run/bench-result.ts';
import { hasInterval, showsDifference } from './chart/interval.ts';
import { countText } from './count-text.ts';
import { ratioText } from './number-text.ts';

export interface BenchAnswer {
  readonly phase: PhaseName;
  readonly text: string;
}

/**
 * What the lock costs where pages age, in sentences: of each phase with as many vCPUs, and the work in faults, that the run was
 * foremost about.
 */
export function benchAnswers({ ratios, config, foremostVcpus }: BenchResult): readonly BenchAnswer[] {
  const foremost = ratios.filter(
    ({ aging, vcpus, faultWorkNs }) =>
      aging !== 'none' && vcpus === foremostVcpus && faultWorkNs === (config.faultWorksNs[0] ?? 0),
  );
  return foremost.map((ratio) => ({ phase: ratio.phase, text: answer(ratio) }));
}

const SUBJECTS: Readonly<Record<RatioMetric, string>> = {
  vcpuWall: 'the vCPUs take',
  agingPass: 'an aging pass takes',
};

function answer(ratio: BenchRatio): string {
  const { metric, phase, vcpus, aging, variants, low, high, confidence, repeats } = ratio;
  const place = `${phase}, ${countText(vcpus, 'vCPU')}, ${aging} aging`;
  const certainty = `${(100 * confidence).toFixed(1)} % confidence, ${countText(repeats, 'repeat')}`;
  const interval = hasInterval(ratio)
    ? `${ratioText(low)} – ${ratioText(high)}, ${certainty}`
    : `${countText(repeats, 'repeat')}, too few for an interval`;
  const times = `${ratioText(ratio.ratio)} times as long under ${variants[0]} as under ${variants[1]}`;
  const sure = hasInterval(ratio) && !showsDifference(ratio) ? ': no difference is seen, the interval contains 1' : '';
  return `${place}: ${SUBJECTS[metric]} ${times} (${interval})${sure}`;
}
