import type { LatencySummary } from '../run/latency.ts';
import type { StressResult, StressVerdict, VariantResult } from '../run/stress-result.ts';
import { type PropertyId, propertyIds, propertyText, tolerationIds } from '../shared/property.ts';
import { formatTable } from '../shared/text-table.ts';
import { durationText, withSeparators } from './number-text.ts';
import type { Paint } from './paint.ts';
import { variantLabel } from './variant-label.ts';

export interface StressTextOptions {
  /** Leave out what was done and how long it took. */
  readonly quiet: boolean;
  readonly paint: Paint;
}

/** The result of a stress run as a person reads it. */
export function stressText(result: StressResult, { quiet, paint }: StressTextOptions): string {
  const parts = [
    ...(quiet || result.variants.length === 0 ? [] : [work(result), latency(result)]),
    verdicts(result, paint),
    ...findings(result),
    ...failures(result),
    closing(result),
  ];
  return `${parts.join('\n\n')}\n`;
}

function work(result: StressResult): string {
  const rows = result.variants.map((variant) => [
    variantLabel(variant),
    withSeparators(variant.accesses),
    withSeparators(variant.accessesPerSecond),
    withSeparators(variant.faults),
    withSeparators(variant.faultsFixed),
    withSeparators(variant.tlbHits),
    withSeparators(variant.agingCalls),
    withSeparators(variant.agingPasses),
    withSeparators(variant.pulses),
    withSeparators(variant.youngReported),
    withSeparators(variant.invalidations),
    withSeparators(variant.zapAlls),
  ]);
  const head = ['variant', 'accesses', 'per s', 'faults', 'fixed', 'TLB hits', 'aging calls', 'passes', 'pulses'];
  return formatTable([[...head, 'young', 'invalidations', 'root zaps'], ...rows], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
}

function latency(result: StressResult): string {
  const kinds = [
    ['access (sampled)', 'access'],
    ['page fault', 'fault'],
    ['aging pass', 'agingPass'],
    ['wait for mmu_lock', 'mmuLockWait'],
  ] as const;
  const row = (what: string, variant: VariantResult, summary: LatencySummary): string[] => [
    what,
    variantLabel(variant),
    withSeparators(summary.count),
    ...[summary.p50, summary.p90, summary.p99, summary.p99_9, summary.max].map(durationText),
  ];
  const rows = kinds.flatMap(([what, kind]) =>
    result.variants.map((variant, index) => row(index === 0 ? what : '', variant, variant.latencyNs[kind])),
  );
  const head = ['latency', 'variant', 'count', 'p50', 'p90', 'p99', 'p99.9', 'max'];
  return `${formatTable([head, ...rows], [2, 3, 4, 5, 6, 7])}\n(the timer itself costs ${result.timerNs} ns a measurement; waits for mmu_lock count only those that had to wait)`;
}

const VERDICT_STYLE = {
  clean: 'green',
  violated: 'red',
  'harness-failure': 'red',
  interrupted: 'yellow',
} as const satisfies Record<StressVerdict, 'red' | 'green' | 'yellow'>;

function verdicts(result: StressResult, paint: Paint): string {
  const count = (value: number | null): string => (value === null ? 'not exercised' : withSeparators(value));
  const columns = ['', ...result.variants.map(variantLabel)];
  const violations = propertyIds.map((property) => [
    property,
    ...result.variants.map((variant) => count(variant.violations[property])),
  ]);
  const tolerated = tolerationIds.map((reason) => [
    `tolerated: ${reason}`,
    ...result.variants.map((variant) => withSeparators(variant.tolerated[reason])),
  ]);
  const lines = result.variants.map(
    (variant) =>
      `${paint(VERDICT_STYLE[variant.verdict], variant.verdict.toUpperCase().padEnd(9))} ${variantLabel(variant)}, ${variant.seconds.toFixed(1)} s`,
  );
  const right = columns.map((_, index) => index).slice(1);
  return `${formatTable([columns, ...violations, ...tolerated], right)}\n\n${lines.join('\n')}`;
}

function findings(result: StressResult): string[] {
  const seen = new Set<PropertyId>();
  const lines: string[] = [];
  for (const finding of result.findings) {
    if (seen.has(finding.property)) continue;
    seen.add(finding.property);
    lines.push(
      `${finding.property}: ${propertyText[finding.property]}\n` +
        `  first seen by ${finding.thread} of ${finding.variant}${finding.page === null ? '' : `, page ${finding.page}`}: ${finding.detail}`,
    );
  }
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function failures(result: StressResult): string[] {
  const lines = result.variants.flatMap((variant) =>
    variant.failures.map((failure) => `harness failure on ${variantLabel(variant)}: ${failure}`),
  );
  return lines.length === 0 ? [] : [`${lines.join('\n')}\nwhat is shown above is partial`];
}

function closing(result: StressResult): string {
  const interrupted = result.interrupted ? 'interrupted: what is shown above is partial\n' : '';
  const warning =
    result.config.vcpus + 2 > result.host.cores
      ? `more threads than the ${result.host.cores} cores: latencies include waiting for a core\n`
      : '';
  return `${interrupted}${warning}clean means: nothing was found in this run. It is no proof.\nseed ${result.seed}`;
}
