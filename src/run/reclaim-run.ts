import { setImmediate } from 'node:timers/promises';
import { noReports } from '../reclaim/access-reports.ts';
import { ExactLru } from '../reclaim/exact-lru.ts';
import { Guest } from '../reclaim/guest.ts';
import { MglruReclaimer } from '../reclaim/mglru-reclaimer.ts';
import {
  completeReclaimConfig,
  hotPagesOf,
  type ReclaimConfig,
  type ReclaimSettings,
} from '../reclaim/reclaim-config.ts';
import { noGuestMemory, ReclaimSimulation } from '../reclaim/reclaim-simulation.ts';
import { variantNamed } from '../variants/named-rules.ts';
import type { Variant } from '../variants/variant.ts';
import { variants } from '../variants/variants.ts';
import { RECLAIM_SCHEMA, type ReclaimComparison, type ReclaimResult, type ReclaimRow } from './reclaim-result.ts';

export interface ReclaimOptions {
  /** Names or aliases. Default: all. */
  readonly variants?: readonly string[];
  /** Only with an L2 guest, or only without. Default: both. */
  readonly nested?: boolean;
  readonly config: ReclaimSettings;
  /** Stops early, with partial results. */
  readonly signal?: AbortSignal;
  /** Called when everything has been checked. */
  readonly onStart?: () => void;
}

/**
 * MGLRU evicts pages of a guest with a known hot set, under each variant, with and without nested virtualization: what its
 * answers about accesses are worth. One thing happens after another, and the same seed yields the same result.
 *
 * @throws InputError if a name is unknown, or a setting is out of its range
 */
export async function reclaim(options: ReclaimOptions): Promise<ReclaimResult> {
  const chosen = options.variants?.map(variantNamed) ?? variants;
  const config = completeReclaimConfig(options.config);
  const signal = options.signal ?? new AbortController().signal;
  const guests = options.nested === undefined ? [false, true] : [options.nested];

  options.onStart?.();
  const rows: ReclaimRow[] = [];
  for (const variant of chosen) {
    for (const nested of guests) {
      const row = await reclaimFromGuest(config, variant, nested, signal);
      if (row !== null) rows.push(row);
    }
  }
  const comparison = await compare(config, signal);
  return {
    schema: RECLAIM_SCHEMA,
    seed: config.seed,
    interrupted: signal.aborted,
    config: { ...config, hotPages: hotPagesOf(config) },
    rows,
    comparison,
  };
}

/** One row; null if it was stopped. */
async function reclaimFromGuest(
  config: ReclaimConfig,
  variant: Variant,
  nested: boolean,
  signal: AbortSignal,
): Promise<ReclaimRow | null> {
  const guest = new Guest(variant.rules, config.pages, nested);
  const reclaimer = new MglruReclaimer(config.pages, guest);
  const simulation = new ReclaimSimulation(config, reclaimer, guest);
  if (!(await runRounds(simulation, config.rounds, signal))) return null;
  const { agingCalls, misreported } = guest;
  return {
    variant: variant.name,
    nested,
    figures: { ...simulation.figures(), ...reclaimer.work(), agingCalls, misreported },
  };
}

async function compare(config: ReclaimConfig, signal: AbortSignal): Promise<ReclaimComparison | null> {
  const exact = new ReclaimSimulation(config, new ExactLru(config.pages), noGuestMemory);
  const deaf = new MglruReclaimer(config.pages, noReports);
  const asksNobody = new ReclaimSimulation(config, deaf, noGuestMemory);
  for (const simulation of [exact, asksNobody]) {
    if (!(await runRounds(simulation, config.rounds, signal))) return null;
  }
  return { exactLru: exact.figures(), asksNobody: { ...asksNobody.figures(), ...deaf.work() } };
}

/** False if it was stopped; between rounds there is time to notice. */
async function runRounds(simulation: ReclaimSimulation, rounds: number, signal: AbortSignal): Promise<boolean> {
  for (let round = 0; round < rounds; round++) {
    await setImmediate();
    if (signal.aborted) return false;
    simulation.runRound();
  }
  return true;
}
