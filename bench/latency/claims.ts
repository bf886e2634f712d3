import { median } from 'simple-statistics';
import type { BenchRatio, BenchResult } from '../../src/run/bench-result.ts';

/** What a latency result must show, and what it shows. */
export interface Claim {
  readonly text: string;
  readonly shown: string;
  readonly met: boolean;
}

/** Latencies may cost the iterations that measure them this much, in the median of all cells. */
const MAX_OVERHEAD = 1.25;

/** Relations that hold for the model on any machine with two cores that are its own; no absolute times. */
export function latencyClaims(result: BenchResult): readonly Claim[] {
  const pass = result.ratios.find(isPassBesideOneVcpu);
  const overhead = result.overheads.length === 0 ? Number.NaN : median(result.overheads.map(({ ratio }) => ratio));
  return [
    {
      text: 'populate, one vCPU: an aging pass that takes mmu_lock takes longer than one that does not (lower end of the interval > 1)',
      shown:
        pass === undefined
          ? 'not measured'
          : `${pass.ratio.toFixed(2)} (${pass.low.toFixed(2)} … ${pass.high.toFixed(2)})`,
      met: pass !== undefined && pass.low > 1,
    },
    {
      text: `measuring latencies costs no more than ${((MAX_OVERHEAD - 1) * 100).toFixed(0)} % of the vCPUs' time`,
      shown: `${((overhead - 1) * 100).toFixed(1)} %`,
      met: overhead <= MAX_OVERHEAD,
    },
  ];
}

function isPassBesideOneVcpu({ metric, phase, vcpus, aging, faultWorkNs }: BenchRatio): boolean {
  return metric === 'agingPass' && phase === 'populate' && vcpus === 1 && aging === 'continuous' && faultWorkNs > 0;
}
