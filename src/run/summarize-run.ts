import { type PropertyId, propertyIds, type TolerationId, tolerationIds } from '../shared/property.ts';
import type { CrewResult } from './crew.ts';
import { latencyCurve, summarize } from './latency.ts';
import type { StressHistograms } from './stress-histograms.ts';
import type { StressFinding, StressVerdict, VariantResult } from './stress-result.ts';
import type { Supervision } from './supervise.ts';
import type { VariantRunOptions } from './variant-run-options.ts';

/** What one variant's run comes to. */
export interface VariantRun {
  readonly result: VariantResult;
  readonly findings: readonly StressFinding[];
}

export function summarizeRun(
  options: VariantRunOptions,
  histograms: StressHistograms,
  supervision: Supervision,
): VariantRun {
  const { config } = options;
  const { vcpus, aging, host, seconds, setupSeconds, failures } = supervision;
  const threads: readonly (readonly [string, CrewResult | undefined])[] = [
    ...vcpus.map((result, vcpu) => [`vcpu${vcpu}`, result] as const),
    ['aging', aging],
    ['host', host],
  ];
  const returned = threads.flatMap(([, result]) => (result === undefined ? [] : [result]));
  const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
    items.reduce((total, item) => total + of(item), 0);
  const vcpuResults = vcpus.flatMap((result) => (result === undefined ? [] : [result]));

  const exercised: Readonly<Record<PropertyId, boolean>> = {
    'access-lost': (aging?.passes ?? 0) > 0,
    'access-misreported': (aging?.passes ?? 0) > 0,
    'use-after-invalidate': (host?.invalidations ?? 0) > 0,
    'use-after-free': (host?.zapAlls ?? 0) > 0 && (aging?.calls ?? 0) > 0,
  };
  const violations = Object.fromEntries(
    propertyIds.map((property) => {
      const count = sum(returned, (result) => result.findings.violations[property] ?? 0);
      return [property, count === 0 && !exercised[property] ? null : count];
    }),
  ) as Record<PropertyId, number | null>;
  const tolerated = Object.fromEntries(
    tolerationIds.map((reason) => [reason, sum(returned, (result) => result.findings.tolerated[reason] ?? 0)]),
  ) as Record<TolerationId, number>;
  const violated = propertyIds.some((property) => (violations[property] ?? 0) > 0);
  const verdict: StressVerdict =
    failures.length > 0 ? 'harness-failure' : violated ? 'violated' : options.signal.aborted ? 'interrupted' : 'clean';

  const accesses = sum(vcpuResults, (result) => result.accesses);
  const findings = threads.flatMap(([thread, result]) =>
    (result?.findings.details ?? []).map(
      (finding): StressFinding => ({
        variant: config.variant,
        mutant: config.mutant,
        property: finding.property,
        page: finding.page < 0 ? null : finding.page,
        thread,
        detail: finding.detail,
      }),
    ),
  );
  const result: VariantResult = {
    variant: config.variant,
    mutant: config.mutant,
    verdict,
    accesses,
    pulseAccesses: sum(vcpuResults, (result) => result.pulseAccesses),
    accessesPerSecond: Math.round(accesses / seconds),
    seconds,
    setupSeconds,
    faults: sum(vcpuResults, (result) => result.faults),
    faultsFixed: sum(vcpuResults, (result) => result.faultsFixed),
    tlbHits: sum(vcpuResults, (result) => result.tlbHits),
    agingCalls: aging?.calls ?? 0,
    agingPasses: aging?.passes ?? 0,
    pulses: aging?.pulses ?? 0,
    youngReported: aging?.youngReported ?? 0,
    invalidations: host?.invalidations ?? 0,
    zapAlls: host?.zapAlls ?? 0,
    epochResets: aging?.epochResets ?? 0,
    lostWakeups: sum(returned, (result) => result.lostWakeups),
    violations,
    tolerated,
    latencyNs: {
      access: summarize(histograms.access),
      fault: summarize(histograms.fault),
      agingPass: summarize([histograms.agingPass]),
      mmuLockWait: summarize(histograms.mmuLockWait),
    },
    curves: {
      access: latencyCurve(histograms.access),
      fault: latencyCurve(histograms.fault),
      agingPass: latencyCurve([histograms.agingPass]),
      mmuLockWait: latencyCurve(histograms.mmuLockWait),
    },
    pageAges: aging?.pageAges ?? null,
    failures,
  };
  return { result, findings };
}
