import type { BenchResult } from '../run/bench-result.ts';
import { emptyReport } from './junit.ts';
import { changeText, ratioName, worseRatios } from './worse-ratios.ts';

/** One suite, one case for each ratio. A ratio fails if it got worse than the baseline's by more than allowed. */
export function benchJunit(result: BenchResult): string {
  const builder = emptyReport();
  const suite = builder.testSuite().name(`bench (seed ${result.seed})`);
  const worse = new Map(worseRatios(result).map((change) => [ratioName(change), change]));
  for (const ratio of result.ratios) {
    const name = ratioName(ratio);
    const test = suite.testCase().className(`bench.${ratio.phase}`).name(name);
    const change = worse.get(name);
    if (change !== undefined) test.failure(changeText(change), 'worse');
  }
  const harness = suite.testCase().className('bench').name('harness');
  if (result.failures.length > 0) harness.error(result.failures.join('\n'));
  if (result.interrupted) harness.error('interrupted');
  return builder.build();
}
