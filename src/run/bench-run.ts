import { type BenchCell, compareCells, type GangConfig } from '../bench/bench-config.ts';
import { type BenchPlan, type BenchSettings, cellsOf, checkPlan, completePlan } from '../bench/complete-bench.ts';
import { calibrateSpending } from '../bench/spend.ts';
import { HarnessError } from '../shared/harness-error.ts';
import { brokenRulesNamed, variantNamed } from '../variants/named-rules.ts';
import { type Baseline, checkComparable, checkOverlap, compareWithBaseline, type RatioName } from './bench-baseline.ts';
import { BenchCurves } from './bench-curves.ts';
import { BenchGang, type CellRecords } from './bench-gang.ts';
import { benchOverheads, benchRatios, benchSlowdowns } from './bench-ratios.ts';
import {
  BENCH_SCHEMA,
  type BenchResult,
  type BenchResultConfig,
  type BenchRow,
  type BenchTimeline,
} from './bench-result.ts';
import { benchRow } from './bench-row.ts';
import { benchTimeline } from './bench-timeline.ts';
import { benchWarnings } from './bench-warnings.ts';
import { describeHost } from './host-info.ts';
import { measureTimerCost } from './latency.ts';

export interface BenchOptions {
  /** Names or aliases. A ratio is that of an earlier one over a later one. Default: before and after the series. */
  readonly variants?: readonly string[];
  readonly config: BenchSettings;
  /** A saved result to compare the ratios with. */
  readonly baseline?: Baseline;
  /** A ratio that got worse by more than this is `worse`. Percent. */
  readonly failAbovePercent?: number;
  /** Compare with a baseline of another machine, too. */
  readonly force?: boolean;
  /** Stops early, with partial results. */
  readonly signal?: AbortSignal;
  /** Called when everything has been checked and the first run is about to begin. */
  readonly onStart?: (plan: BenchPlan) => void;
  readonly onProgress?: (progress: BenchProgress) => void;
}

export interface BenchProgress {
  readonly done: number;
  readonly runs: number;
  readonly repeat: number;
  readonly cell: BenchCell;
  readonly variant: string;
}

const DEFAULT_VARIANTS = ['mmu-lock-6.1', 'lockless-7.3'];
/** A run in which threads had to share cores that they should have had is made again, for either variant and whatever it said. */
const MOST_ATTEMPTS = 3;
/** The engine compiles what it has seen often enough: each cell runs for this long, or as long as it is measured, before. */
const WARM_UP_MS = 30;

/**
 * The latency benchmark: variants beside each other in every combination of vCPUs, phase, aging and work of a fault.
 *
 * Each repeat starts its threads afresh, since what the engine makes of the same code differs from thread to thread; within
 * it the variants take turns run by run, in one order in every other repeat and in the other one between. A repeat's figures are thus one
 * independent sample, and ratios are formed within a repeat.
 *
 * @throws InputError if a name is unknown or the sizes do not fit
 */
export async function bench(options: BenchOptions): Promise<BenchResult> {
  const variants = (options.variants ?? DEFAULT_VARIANTS).map((name) => variantNamed(name).name);
  const plan = completePlan(options.config);
  if (plan.mutant !== null) brokenRulesNamed(plan.mutant);
  checkPlan(plan);
  const signal = options.signal ?? new AbortController().signal;
  const host = describeHost();
  const foremostVcpus = foremostOf(plan.vcpus, host.cores);
  const timerNs = measureTimerCost();
  const { waitBoundMs: _bound, ...shown } = plan;
  const config: BenchResultConfig = { ...shown, variants };
  const { baseline, force } = options;
  if (baseline !== undefined && force !== true) checkComparable(baseline, { host, config });
  if (baseline !== undefined) checkOverlap(baseline, plannedRatios(plan, variants));
  const campaign = new Campaign(variants, plan, foremostVcpus, host.cores, signal, options.onProgress);
  options.onStart?.(plan);
  const failures = await campaign.run();

  const { curves, timelines } = campaign;
  const rows = campaign.rows.toSorted(compareCells);
  const ratios = benchRatios(rows);
  return {
    schema: BENCH_SCHEMA,
    seed: plan.seed,
    interrupted: signal.aborted,
    host,
    timerNs,
    config,
    foremostVcpus,
    rows,
    ratios,
    slowdowns: benchSlowdowns(rows),
    overheads: benchOverheads(rows),
    curves: curves.curves,
    timelines,
    comparison: baseline === undefined ? null : compareWithBaseline(baseline, ratios, options.failAbovePercent ?? null),
    warnings: benchWarnings(host, timerNs, config, rows, ratios),
    failures,
  };
}

/** All measured runs, in their order. */
class Campaign {
  readonly rows: BenchRow[] = [];
  readonly timelines: BenchTimeline[] = [];
  readonly curves = new BenchCurves();
  readonly #variants: readonly string[];
  readonly #plan: BenchPlan;
  readonly #foremostVcpus: number;
  readonly #cores: number;
  readonly #signal: AbortSignal;
  readonly #onProgress: ((progress: BenchProgress) => void) | undefined;
  readonly #roundsPerMicrosecond = calibrateSpending(() => performance.now() * 1e6);
  readonly #runs: number;
  #done = 0;

  constructor(
    variants: readonly string[],
    plan: BenchPlan,
    foremostVcpus: number,
    cores: number,
    signal: AbortSignal,
    onProgress: ((progress: BenchProgress) => void) | undefined,
  ) {
    this.#variants = variants;
    this.#plan = plan;
    this.#foremostVcpus = foremostVcpus;
    this.#cores = cores;
    this.#signal = signal;
    this.#onProgress = onProgress;
    const cells = plan.vcpus.reduce((sum, vcpus) => sum + cellsOf(plan, vcpus).length, 0);
    this.#runs = cells * variants.length * plan.repeat;
  }

  /** What went wrong with the harness, if anything did; what was measured before is kept. */
  async run(): Promise<readonly string[]> {
    try {
      // Repeats are the outer loop: what the machine does to one of them, it does to every cell.
      for (let repeat = 1; repeat <= this.#plan.repeat; repeat++) {
        for (const vcpus of this.#plan.vcpus) {
          if (this.#signal.aborted) return [];
          await this.#measure(vcpus, repeat);
        }
      }
      return [];
    } catch (error) {
      if (error instanceof HarnessError) return [error.message];
      throw error;
    }
  }

  async #measure(vcpus: number, repeat: number): Promise<void> {
    const { durationMs } = this.#plan;
    const gangs: BenchGang[] = [];
    try {
      for (const variant of this.#variants) {
        gangs.push(await BenchGang.start(gangConfig(this.#plan, variant, vcpus), this.#roundsPerMicrosecond));
      }
      const cells = cellsOf(this.#plan, vcpus);
      for (const gang of gangs) {
        for (const cell of cells) {
          const warmUpMs = Math.min(WARM_UP_MS, durationMs);
          if ((await gang.run(cell, warmUpMs, false, this.#signal)) === undefined) return;
        }
      }
      for (const cell of cells) {
        for (const gang of repeat % 2 === 1 ? gangs : gangs.toReversed()) {
          this.#onProgress?.({ done: this.#done, runs: this.#runs, repeat, cell, variant: gang.config.variant });
          const timeline = repeat === 1 && this.#hasTimeline(cell);
          let records: CellRecords | undefined;
          let attempts = 0;
          do {
            records = await gang.run(cell, durationMs, timeline, this.#signal);
            if (records === undefined) return;
          } while (++attempts < MOST_ATTEMPTS && this.#hasCores(cell) && isDisturbed(records));
          this.rows.push(benchRow(gang, cell, repeat, records, attempts));
          this.curves.add(gang, cell, records);
          if (timeline) this.timelines.push(benchTimeline(gang, cell));
          this.#done++;
        }
      }
    } finally {
      await Promise.all(gangs.map((gang) => gang.end()));
    }
  }

  /** Whether there is one for each thread: if one waits all the same, the machine does something else. */
  #hasCores({ vcpus, aging, phase }: BenchCell): boolean {
    return vcpus + (aging === 'none' ? 0 : 1) + (phase === 'invalidate' ? 1 : 0) <= this.#cores;
  }

  /** Where vCPUs and an aging thread want the lock. */
  #hasTimeline({ phase, aging, vcpus, faultWorkNs }: BenchCell): boolean {
    if (phase !== 'populate' || aging !== 'continuous') return false;
    return vcpus === this.#foremostVcpus && faultWorkNs === this.#plan.faultWorksNs[0];
  }
}

/** Whether so many iterations shared cores that their median may be one of these. */
function isDisturbed({ crowdedIterations, plainWallsNs }: CellRecords): boolean {
  return 3 * crowdedIterations > plainWallsNs.length;
}

function foremostOf(counts: readonly number[], cores: number): number {
  const uncrowded = counts.filter((count) => count < cores);
  return uncrowded.length > 0 ? Math.max(...uncrowded) : Math.min(...counts);
}

/** The vCPUs' time is measured in every cell. */
function plannedRatios(plan: BenchPlan, variants: readonly string[]): readonly RatioName[] {
  return plan.vcpus.flatMap((vcpus) =>
    cellsOf(plan, vcpus).flatMap((cell) =>
      variants.flatMap((first, index) =>
        variants
          .slice(index + 1)
          .map((second): RatioName => ({ ...cell, metric: 'vcpuWall', variants: [first, second] })),
      ),
    ),
  );
}

function gangConfig(plan: BenchPlan, variant: string, vcpus: number): GangConfig {
  const { mutant, seed, pagesPerVcpu, batch, tlbEntries, invalidateRate, periodMs, waitBoundMs } = plan;
  return { variant, mutant, seed, vcpus, pagesPerVcpu, batch, tlbEntries, invalidateRate, periodMs, waitBoundMs };
}
