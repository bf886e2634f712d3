import { durationText } from '../src/report/number-text.ts';
import type { BenchRatio, BenchResult } from '../src/run/bench-result.ts';
import type { Claim } from './latency/claims.ts';
import { markdownTable } from './markdown.ts';
import { type MicroResult, RUNS } from './micro/run-micro.ts';

export interface SuiteResult {
  readonly micro: readonly MicroResult[];
  readonly latency: BenchResult;
  readonly claims: readonly Claim[];
}

/** The suite's results as a person reads them. */
export function suiteMarkdown({ micro, latency, claims }: SuiteResult): string {
  const { host, seed } = latency;
  return [
    '# Benchmarks',
    `${host.cpu}, ${host.cores} cores, Node ${host.node}, load average ${host.loadAverage.toFixed(1)} before the first run; seed ${seed}.`,
    '## Hot paths',
    `Each beside a bare loop of the same run, in ${RUNS} fresh workers; medians, and the least and most of the workers.`,
    markdownTable(
      ['', 'measured', 'bare', 'compared', 'spread', 'target', ''],
      micro.map((one) => {
        const unit = one.compares === 'difference' ? ' ns' : '';
        return [
          `${one.title}, beside ${one.baseline}`,
          `${one.measuredNs.toFixed(1)} ns`,
          `${one.bareNs.toFixed(1)} ns`,
          one.compared.toFixed(2) + unit,
          `${one.least.toFixed(2)} … ${one.most.toFixed(2)}`,
          `≤ ${one.target}${unit}`,
          one.met ? 'met' : '**MISSED**',
        ];
      }),
    ),
    '## What the lock costs',
    `\`pte-aging bench\` with ${latency.config.repeat} repeats of ${latency.config.durationMs} ms a run, ${latency.config.pagesPerVcpu} pages for each vCPU. A ratio is the first variant's time over the second one's.`,
    markdownTable(
      ['phase', 'vCPUs', 'aging', 'work of a fault', 'ratio of', 'variants', 'ratio', 'interval', 'confidence'],
      latency.ratios.map(ratioRow),
    ),
    markdownTable(
      ['', 'shown', ''],
      claims.map(({ text, shown, met }) => [text, shown, met ? 'met' : '**MISSED**']),
    ),
    ...latency.warnings.map((warning) => `- ${warning}`),
  ].join('\n\n');
}

function ratioRow(ratio: BenchRatio): string[] {
  return [
    ratio.phase,
    String(ratio.vcpus),
    ratio.aging,
    durationText(ratio.faultWorkNs),
    ratio.metric === 'vcpuWall' ? 'vCPU time' : 'aging pass',
    ratio.variants.join(' / '),
    ratio.ratio.toFixed(2),
    `${ratio.low.toFixed(2)} … ${ratio.high.toFixed(2)}`,
    `${(100 * ratio.confidence).toFixed(0)} %`,
  ];
}
