import type { BenchCell } from '../bench/bench-config.ts';
import { LEAST_CONFIDENCE } from '../shared/confidence.ts';
import { InputError } from '../shared/input-error.ts';
import { isSameCell } from './bench-ratios.ts';
import type { BenchComparison, BenchRatio, BenchResult, RatioChange } from './bench-result.ts';
import { readSavedResult } from './saved/read-saved-result.ts';

/** An earlier result to compare with. */
export interface Baseline {
  readonly file: string;
  readonly document: BenchResult;
}

/** @throws InputError if the file is no result of `bench` with ratios */
export function readBaseline(file: string): Baseline {
  const saved = readSavedResult(file);
  if (saved.kind !== 'bench') {
    throw new InputError(
      `--baseline: ${file} is a result of ${saved.kind}; accepted: what bench --json=FILE has saved`,
    );
  }
  if (saved.result.ratios.length === 0) {
    throw new InputError(`--baseline: ${file} has no ratios; accepted: a result with two variants or more`);
  }
  if (saved.result.interrupted || saved.result.failures.length > 0) {
    throw new InputError(`--baseline: ${file} is of a run that did not come to its end; accepted: a whole one`);
  }
  return { file, document: saved.result };
}

/** What a ratio is of. */
export type RatioName = BenchCell & Pick<BenchRatio, 'metric' | 'variants'>;

/** A change of any of these could be what a ratio changed by. */
const MACHINE = ['cpu', 'cores', 'os', 'v8'] as const;
const CONFIGURATION = ['pagesPerVcpu', 'batch', 'tlbEntries', 'invalidateRate', 'periodMs', 'mutant'] as const;

/**
 * @throws InputError if the baseline was measured on another machine or engine, or with other memory or calls: a change could
 * then be that of the machine
 */
export function checkComparable(
  { file, document }: Baseline,
  { host, config }: Pick<BenchResult, 'host' | 'config'>,
): void {
  const differences = [
    ...differing(MACHINE, document.host, host),
    ...differing(CONFIGURATION, document.config, config),
  ];
  if (differences.length === 0) return;
  throw new InputError(
    `--baseline: ${file} was measured otherwise: ${differences.join(', ')}; accepted: a baseline of this machine and configuration, or --force`,
  );
}

/**
 * @throws InputError if the baseline has none of the ratios: nothing would be compared, and nothing could fail
 */
export function checkOverlap({ file, document }: Baseline, planned: readonly RatioName[]): void {
  if (planned.some((one) => document.ratios.some((other) => isSameRatio(one, other)))) return;
  const [example] = document.ratios;
  throw new InputError(
    `--baseline: ${file} has no ratio that would be measured now; accepted: a baseline of the same phases, vCPUs, aging, fault work and ` +
      `variants, in the same order (it has ${example?.variants.join(' / ')} in ${example?.phase} with ${example?.vcpus} vCPUs)`,
  );
}

function isSameRatio(one: RatioName, other: RatioName): boolean {
  return one.metric === other.metric && isSameCell(one, other) && String(one.variants) === String(other.variants);
}

function differing<Name extends string>(
  names: readonly Name[],
  baseline: Readonly<Record<Name, unknown>>,
  now: Readonly<Record<Name, unknown>>,
): string[] {
  return names.flatMap((name) =>
    baseline[name] === now[name] ? [] : [`${name} ${baseline[name]}, here ${now[name]}`],
  );
}

/**
 * Each ratio beside that of the baseline. A ratio is an earlier variant's time over a later one's, so it gets worse for the later
 * one when it falls. Worse is a fall by more than the margin whose intervals do not overlap; with overlapping ones, or ones of few repeats, it is unclear.
 *
 * @param marginPercent null: only shown
 */
export function compareWithBaseline(
  { file, document }: Baseline,
  ratios: readonly BenchRatio[],
  marginPercent: number | null,
): BenchComparison {
  const changes = ratios.flatMap((now): RatioChange[] => {
    const before = document.ratios.find((one) => isSameRatio(one, now));
    return before === undefined ? [] : [changeOf(before, now, marginPercent ?? 0)];
  });
  return {
    baseline: file,
    failAbovePercent: marginPercent,
    changes,
    notMeasured: document.ratios.length - changes.length,
    notInBaseline: ratios.length - changes.length,
  };
}

function changeOf(before: BenchRatio, now: BenchRatio, marginPercent: number): RatioChange {
  const { metric, vcpus, phase, aging, faultWorkNs, variants } = now;
  const percent = (now.ratio / before.ratio - 1) * 100;
  // One repeat makes an interval of one point, which overlaps with nothing, and says nothing.
  const isSure = Math.min(before.confidence, now.confidence) >= LEAST_CONFIDENCE;
  const isApart = now.high < before.low || now.low > before.high;
  const isBeyond = Math.abs(percent) > marginPercent;
  const verdict = !isBeyond ? 'same' : !isApart || !isSure ? 'unclear' : percent < 0 ? 'worse' : 'better';
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
