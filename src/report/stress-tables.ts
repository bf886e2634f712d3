import type { LatencySummary } from '../run/latency.ts';
import type { StressLatencyKind, StressResult, VariantResult } from '../run/stress-result.ts';
import { propertyIds, tolerationIds } from '../shared/property.ts';
import { durationText, withSeparators } from './number-text.ts';
import type { Table } from './table.ts';
import { variantLabel } from './variant-label.ts';

export const stressKinds: readonly (readonly [name: string, kind: StressLatencyKind])[] = [
  ['access (sampled)', 'access'],
  ['page fault', 'fault'],
  ['aging pass', 'agingPass'],
  ['wait for mmu_lock', 'mmuLockWait'],
];

/** What each variant's threads did. */
export function stressWorkTable(result: StressResult): Table {
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
  return { head: [...head, 'young', 'invalidations', 'root zaps'], rows, numbers: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] };
}

export function stressLatencyTable(result: StressResult): Table {
  const row = (what: string, variant: VariantResult, summary: LatencySummary): string[] => [
    what,
    variantLabel(variant),
    withSeparators(summary.count),
    ...[summary.p50, summary.p90, summary.p99, summary.p99_9, summary.max].map(durationText),
  ];
  const rows = stressKinds.flatMap(([what, kind]) =>
    result.variants.map((variant, index) => row(index === 0 ? what : '', variant, variant.latencyNs[kind])),
  );
  const head = ['latency', 'variant', 'count', 'p50', 'p90', 'p99', 'p99.9', 'max'];
  return { head, rows, numbers: [2, 3, 4, 5, 6, 7] };
}

/** What the figures of latencies are to be read with. */
export function stressLatencyNote({ timerNs, config }: StressResult): string {
  return `the timer itself costs ${timerNs} ns a measurement; waits for mmu_lock count only those that had to wait; an aging pass is ${config.batch} pages a call where the variant has a bitmap, else one: it differs by more than the lock`;
}

/** What the oracle found, and what it excused. */
export function stressFindingsTable(result: StressResult): Table {
  const count = (value: number | null): string => (value === null ? 'not exercised' : withSeparators(value));
  const head = ['', ...result.variants.map(variantLabel)];
  const violations = propertyIds.map((property) => [
    property,
    ...result.variants.map((variant) => count(variant.violations[property])),
  ]);
  const tolerated = tolerationIds.map((reason) => [
    `tolerated: ${reason}`,
    ...result.variants.map((variant) => withSeparators(variant.tolerated[reason])),
  ]);
  return { head, rows: [...violations, ...tolerated], numbers: head.map((_, index) => index).slice(1) };
}

/** Empty where there is a core for each thread. */
export function stressWarning({ config, host }: StressResult): string {
  return config.vcpus + 2 > host.cores
    ? `more threads than the ${host.cores} cores: latencies include waiting for a core`
    : '';
}
