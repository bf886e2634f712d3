import { benchRatioTable } from '../src/report/bench-tables.ts';
import { tableMarkdown } from '../src/report/table-markdown.ts';
import type { BenchResult } from '../src/run/bench-result.ts';
import type { Claim } from './latency/claims.ts';
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
    tableMarkdown({
      head: ['', 'measured', 'bare', 'compared', 'spread', 'target', ''],
      numbers: [1, 2, 3, 4, 5],
      rows: micro.map((one) => {
        const unit = one.compares === 'difference' ? ' ns' : '';
        return [
          `${one.title}, beside ${one.baseline}`,
          `${one.measuredNs.toFixed(1)} ns`,
          `${one.bareNs.toFixed(1)} ns`,
          one.compared.toFixed(2) + unit,
          `${one.least.toFixed(2)} … ${one.most.toFixed(2)}`,
          `≤ ${one.target}${unit}`,
          one.met ? 'met' : 'MISSED',
        ];
      }),
    }),
    '## What the lock costs',
    `\`pte-aging bench\` with ${latency.config.repeat} repeats of ${latency.config.durationMs} ms a run, ${latency.config.pagesPerVcpu} pages for each vCPU. A ratio is the first variant's time over the second one's.`,
    tableMarkdown(benchRatioTable(latency)),
    tableMarkdown({
      head: ['', 'shown', ''],
      numbers: [],
      rows: claims.map(({ text, shown, met }) => [text, shown, met ? 'met' : 'MISSED']),
    }),
    latency.warnings.map((warning) => `- ${warning}`).join('\n'),
  ].join('\n\n');
}
