import { z } from 'zod';
import { propertyIds, tolerationIds } from '../../shared/property.ts';
import { workloadNames } from '../../stress/stress-config.ts';
import { STRESS_SCHEMA, type StressResult, stressLatencyKinds } from '../stress-result.ts';
import {
  count,
  duration,
  each,
  flag,
  fraction,
  host,
  latencyCurve,
  list,
  number,
  object,
  oneOf,
  positive,
  text,
  texts,
} from './schema-parts.ts';

const summary = object({
  count,
  p50: duration.nullable(),
  p90: duration.nullable(),
  p99: duration.nullable(),
  p99_9: duration.nullable(),
  max: duration.nullable(),
});

const NO_CURVE = { count: 0, points: [] };

const variant = object({
  variant: text,
  mutant: text.nullable(),
  verdict: oneOf(['clean', 'violated', 'harness-failure', 'interrupted']),
  ...counts(['accesses', 'pulseAccesses', 'accessesPerSecond', 'faults', 'faultsFixed', 'tlbHits', 'agingCalls']),
  ...counts(['agingPasses', 'pulses', 'youngReported', 'invalidations', 'zapAlls', 'epochResets', 'lostWakeups']),
  seconds: duration,
  setupSeconds: duration,
  violations: each(propertyIds, count.nullable()),
  tolerated: each(tolerationIds, count),
  latencyNs: each(stressLatencyKinds, summary),
  // Results that were saved before there were curves and ages have neither.
  curves: each(stressLatencyKinds, latencyCurve).default({
    access: NO_CURVE,
    fault: NO_CURVE,
    agingPass: NO_CURVE,
    mmuLockWait: NO_CURVE,
  }),
  pageAges: object({
    pages: positive,
    pagesPerBin: positive,
    momentsMs: list(duration),
    agesMs: list(list(duration)),
  })
    .nullable()
    .default(null),
  failures: texts,
});

export const stressSchema: z.ZodType<StressResult> = object({
  schema: z.literal(STRESS_SCHEMA),
  seed: text,
  interrupted: flag,
  host,
  timerNs: duration,
  config: object({
    mutant: text.nullable(),
    seed: text,
    ...counts(['vcpus', 'pages', 'slots', 'tlbEntries', 'batch', 'sampleEvery', 'epochLimit', 'arenaBytes']),
    workload: oneOf([...workloadNames, 'trace']),
    writes: fraction,
    invalidateRate: number,
    zapAllRate: number,
    passes: count.nullable(),
    stopAtViolation: flag,
    waitBoundMs: duration,
    durationMs: duration.nullable(),
  }),
  variants: list(variant),
  findings: list(
    object({
      variant: text,
      mutant: text.nullable(),
      property: oneOf(propertyIds),
      page: count.nullable(),
      thread: text,
      detail: text,
    }),
  ),
});

function counts<const Key extends string>(keys: readonly Key[]): Record<Key, typeof count> {
  return Object.fromEntries(keys.map((key) => [key, count])) as Record<Key, typeof count>;
}
