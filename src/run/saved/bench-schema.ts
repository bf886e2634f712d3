import { z } from 'zod';
import { agingModes, phaseNames } from '../../bench/bench-config.ts';
import { spanKinds } from '../../bench/span.ts';
import { BENCH_SCHEMA, type BenchResult, latencyKinds } from '../bench-result.ts';
import {
  count,
  duration,
  flag,
  fraction,
  host,
  latencyCurve,
  list,
  number,
  object,
  oneOf,
  positive,
  ratio,
  text,
  texts,
} from './schema-parts.ts';

const cell = { vcpus: positive, phase: oneOf(phaseNames), aging: oneOf(agingModes), faultWorkNs: duration };
const estimate = { ratio, low: ratio, high: ratio, confidence: fraction, repeats: count };
const latency = object({
  count,
  p50: duration.nullable(),
  p99: duration.nullable(),
  p99_9: duration.nullable(),
  p99_99: duration.nullable(),
  max: duration.nullable(),
});

const row = object({
  ...cell,
  variant: text,
  repeat: positive,
  iterations: count,
  crowdedIterations: count,
  attempts: positive,
  accesses: count,
  vcpuWallNs: ratio,
  agingPassNs: ratio.nullable(),
  passes: count,
  measuredWallNs: ratio.nullable(),
  accessNs: latency,
  faultNs: latency,
  mmuLockWaitNs: latency,
  mmuLockHoldNs: latency,
  stillIdle: fraction.nullable(),
});

const timeline = object({
  ...cell,
  variant: text,
  threads: list(
    object({
      name: text,
      spans: list(object({ kind: oneOf(spanKinds), startNs: number, durationNs: duration })),
    }),
  ),
});

const ratioOf = {
  metric: oneOf(['vcpuWall', 'agingPass']),
  variants: z.tuple([text, text], { error: 'two variants' }),
};

const comparison = object({
  baseline: text,
  failAbovePercent: number.nullable(),
  changes: list(
    object({
      ...cell,
      ...ratioOf,
      before: object(estimate),
      now: object(estimate),
      percent: number,
      verdict: oneOf(['worse', 'better', 'same', 'unclear']),
    }),
  ),
  notMeasured: count,
  notInBaseline: count,
});

export const benchSchema: z.ZodType<BenchResult> = object({
  schema: z.literal(BENCH_SCHEMA),
  seed: text,
  interrupted: flag,
  host,
  timerNs: duration,
  foremostVcpus: positive,
  config: object({
    variants: texts,
    vcpus: list(positive),
    phases: list(cell.phase),
    agings: list(cell.aging),
    faultWorksNs: list(duration),
    durationMs: duration,
    repeat: count,
    mutant: text.nullable(),
    seed: text,
    pagesPerVcpu: count,
    batch: count,
    tlbEntries: count,
    invalidateRate: number,
    periodMs: duration,
  }),
  rows: list(row),
  ratios: list(object({ ...cell, ...estimate, ...ratioOf })),
  slowdowns: list(object({ ...cell, ...estimate, variant: text })),
  overheads: list(object({ ...cell, ...estimate, variant: text })),
  curves: list(object({ ...cell, variant: text, kind: oneOf(latencyKinds), latency, curve: latencyCurve })),
  timelines: list(timeline),
  comparison: comparison.nullable(),
  warnings: texts,
  failures: texts,
});
