import type { BenchResult, RatioChange } from '../run/bench-result.ts';
import { countText } from './count-text.ts';
import { emptyReport } from './junit.ts';

/** One suite, one case for each ratio. A ratio fails if it got worse than the baseline's by more than allowed. */
export function benchJunit(result: BenchResult): string {
  const builder = emptyReport();
  const suite = builder.testSuite().name(`bench (seed ${result.seed})`);
  const changes = new Map(result.comparison?.changes.map((change) => [ratioName(change), change]));
  for (const ratio of result.ratios) {
    const name = ratioName(ratio);
    const test = suite.testCase().className(`bench.${ratio.phase}`).name(name);
    const change = changes.get(name);
    if (change?.verdict === 'worse' && result.comparison?.failAbovePercent !== null)
      test.failure(changeText(change), 'worse');
  }
  const harness = suite.testCase().className('bench').name('harness');
  if (result.failures.length > 0) harness.error(result.failures.join('\n'));
  if (result.interrupted) harness.error('interrupted');
  return builder.build();
}

function ratioName({ metric, phase, variants, vcpus, aging, faultWorkNs }: Omit<RatioChange, keyof Changed>): string {
  return `${phase}: ${metric} ${variants.join(' / ')}, ${countText(vcpus, 'vCPU')}, aging ${aging}, ${faultWorkNs} ns a fault`;
}

type Changed = Pick<RatioChange, 'before' | 'now' | 'percent' | 'verdict'>;

function changeText({ before, now, percent }: Changed): string {
  return `${before.ratio.toFixed(2)} before, now ${now.ratio.toFixed(2)} (${now.low.toFixed(2)} … ${now.high.toFixed(2)}): ${percent.toFixed(1)} %`;
}
