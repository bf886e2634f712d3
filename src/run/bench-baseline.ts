import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { agingModes, phaseNames } from '../bench/bench-config.ts';
import { InputError } from '../shared/input-error.ts';
import { isSameCell } from './bench-ratios.ts';
import {
  BENCH_SCHEMA,
  type BenchComparison,
  type BenchRatio,
  type BenchResult,
  type RatioChange,
} from './bench-result.ts';

const count = z.number().int().nonnegative();
const positive = z.number().positive();

/** What of a saved result a comparison needs. */
const baselineSchema = z.object({
  schema: z.literal(BENCH_SCHEMA),
  host: z.object({ cpu: z.string(), cores: count, os: z.string(), v8: z.string() }),
  config: z.object({
    pagesPerVcpu: count,
    batch: count,
    tlbEntries: count,
    invalidateRate: z.number(),
    periodMs: z.number(),
  }),
  ratios: z.array(
    z.object({
      metric: z.enum(['vcpuWall', 'agingPass']),
      vcpus: count,
      phase: z.enum(phaseNames),
      aging: z.enum(agingModes),
      faultWorkNs: count,
      variants: z.tuple([z.string(), z.string()]),
      ratio: positive,
      low: positive,
      high: positive,
      confidence: z.number(),
      repeats: count,
    }),
  ),
});

/** An earlier result to compare with. */
export interface Baseline {
  readonly file: string;
  readonly document: z.infer<typeof baselineSchema>;
}

/** @throws InputError if the file is no result of `bench` with ratios */
export function readBaseline(file: string): Baseline {
  const wrong = (problem: string): InputError =>
    new InputError(
      `--baseline: ${file} ${problem}; accepted: a result that bench --json=FILE has saved (${BENCH_SCHEMA})`,
    );
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw wrong(code === undefined ? 'is no JSON' : `cannot be read (${code})`);
  }
  const parsed = baselineSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw wrong(`is no such document: ${issue?.path.join('.') || 'the whole of it'}: ${issue?.message}`);
  }
  if (parsed.data.ratios.length === 0) throw wrong('has no ratios (it was measured with one variant)');
  return { file, document: parsed.data };
}

/**
 * @throws InputError if the baseline was measured on another machine or engine, or with other memory or calls: a change could
 * then be that of the machine
 */
export function checkComparable(
  { file, document }: Baseline,
  { host, config }: Pick<BenchResult, 'host' | 'config'>,
): void {
  const differences = [...differing(document.host, host), ...differing(document.config, config)];
  if (differences.length === 0) return;
  throw new InputError(
    `--baseline: ${file} was measured otherwise: ${differences.join(', ')}; accepted: a baseline of this machine and configuration, or --force`,
  );
}

function differing(baseline: object, now: object): string[] {
  return Object.entries(baseline).flatMap(([name, value]) => {
    const here = (now as Readonly<Record<string, unknown>>)[name];
    return value === here ? [] : [`${name} ${value}, here ${here}`];
  });
}

/**
 * Each ratio beside that of the baseline. A ratio is an earlier variant's time over a later one's, so it gets worse for the later
 * one when it falls. Worse is a fall by more than the margin whose intervals do not overlap; with overlapping ones it is unclear.
 *
 * @param marginPercent null: only shown
 */
export function compareWithBaseline(
  { file, document }: Baseline,
  ratios: readonly BenchRatio[],
  marginPercent: number | null,
): BenchComparison {
  const changes = ratios.flatMap((now): RatioChange[] => {
    const before = document.ratios.find(
      (one) => one.metric === now.metric && isSameCell(one, now) && String(one.variants) === String(now.variants),
    );
    return before === undefined ? [] : [changeOf(before, now, marginPercent ?? 0)];
  });
  return {
    baseline: file,
    failAbovePercent: marginPercent,
    changes,
    notMeasured: document.ratios.length - changes.length,
  };
}

function changeOf(before: BenchRatio, now: BenchRatio, marginPercent: number): RatioChange {
  const { metric, vcpus, phase, aging, faultWorkNs, variants } = now;
  const percent = (now.ratio / before.ratio - 1) * 100;
  const isApart = now.high < before.low || now.low > before.high;
  const isBeyond = Math.abs(percent) > marginPercent;
  const verdict = !isBeyond ? 'same' : !isApart ? 'unclear' : percent < 0 ? 'worse' : 'better';
  return {
    metric,
    vcpus,
    phase,
    aging,
    faultWorkNs,
    variants,
    before: estimateOf(before),
    now: estimateOf(now),
    percent,
    verdict,
  };
}

function estimateOf({ ratio, low, high, confidence, repeats }: BenchRatio) {
  return { ratio, low, high, confidence, repeats };
}
