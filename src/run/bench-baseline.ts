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
  return { file, document: saved.result };
}

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
