import { availableParallelism } from 'node:os';
import { MAX_TABLES, tablesToMap, X86_64 } from '../mmu/geometry.ts';
import { InputError } from '../shared/input-error.ts';
import {
  type AgingMode,
  type BenchCell,
  faultingPhases,
  type GangConfig,
  type PhaseName,
  phaseNames,
} from './bench-config.ts';

/** What is measured, and how. */
export interface BenchPlan extends Omit<GangConfig, 'variant' | 'vcpus'> {
  readonly vcpus: readonly number[];
  readonly phases: readonly PhaseName[];
  readonly agings: readonly AgingMode[];
  /** The first one goes for every phase; the others are measured beside it where there are faults. */
  readonly faultWorksNs: readonly number[];
  /** Of each measured run; it ends in twice that time with preparations, or after three iterations of each kind. */
  readonly durationMs: number;
  readonly repeat: number;
}

/** What may be left out of a plan, and the seed, which may not. */
export type BenchSettings = { readonly seed: string } & Partial<Omit<BenchPlan, 'seed'>>;

export const DEFAULT_PAGES_PER_VCPU = 2 ** 13;
const DEFAULT_BENCH_MS = 200;
export const DEFAULT_REPEAT = 6;
/**
 * A page took 3.35 µs in all in the published populate run on one vCPU without aging (0.879 s for 262,144 pages). The model's own steps
 * take some 0.7 to 0.8 µs of that here, exit, fault and both walks, and the rest is this.
 */
const DEFAULT_FAULT_WORK_NS = 2500;
export const MAX_BENCH_VCPUS = 64;

export function completePlan(settings: BenchSettings): BenchPlan {
  return {
    mutant: null,
    vcpus: powersOfTwo(Math.min(MAX_BENCH_VCPUS, availableParallelism())),
    phases: phaseNames,
    agings: ['none', 'continuous'],
    faultWorksNs: [DEFAULT_FAULT_WORK_NS, 0],
    durationMs: DEFAULT_BENCH_MS,
    repeat: DEFAULT_REPEAT,
    pagesPerVcpu: DEFAULT_PAGES_PER_VCPU,
    batch: 1,
    tlbEntries: 64,
    invalidateRate: 1000,
    periodMs: 10,
    waitBoundMs: 10_000,
    ...settings,
  };
}

/** 1, 2, 4 … and the most itself. */
function powersOfTwo(most: number): readonly number[] {
  const counts: number[] = [];
  for (let count = 1; count < most; count *= 2) counts.push(count);
  return [...counts, most];
}

/** Refuses memory that an SPTE's fields have no room for. */
export function checkPlan({ vcpus, pagesPerVcpu }: BenchPlan): void {
  const most = Math.max(...vcpus);
  const needed = 1 + tablesToMap(X86_64, 0, most * pagesPerVcpu) + most * X86_64.levels;
  // One generation of tables in use, and one that awaits its grace period.
  if (2 * needed <= MAX_TABLES) return;
  throw new InputError(
    `--pages: ${pagesPerVcpu} pages for each of ${most} vCPUs take ${needed} page tables, twice; an SPTE's 13 bits for a table's id ` +
      `allow ${MAX_TABLES}; accepted here: up to ${Math.floor(((MAX_TABLES / 2 - 8 - most * X86_64.levels) * 500) / most)}`,
  );
}

/** The cells of a plan for one number of vCPUs, in the order in which they are measured. */
export function cellsOf({ phases, agings, faultWorksNs }: BenchPlan, vcpus: number): readonly BenchCell[] {
  return phases.flatMap((phase) =>
    agings.flatMap((aging) =>
      (faultingPhases.has(phase) ? faultWorksNs : faultWorksNs.slice(0, 1)).map((faultWorkNs) => ({
        vcpus,
        phase,
        aging,
        faultWorkNs,
      })),
    ),
  );
}
