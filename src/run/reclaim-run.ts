import { setImmediate } from 'node:timers/promises';
import { noReports } from '../reclaim/access-reports.ts';
import { ExactLru } from '../reclaim/exact-lru.ts';
import { Guest } from '../reclaim/guest.ts';
import { isL2Page } from '../reclaim/guest-kind.ts';
import { MglruReclaimer } from '../reclaim/mglru-reclaimer.ts';
import { OutOfMemory } from '../reclaim/out-of-memory.ts';
import {
  completeReclaimConfig,
  hotPagesOf,
  type ReclaimConfig,
  type ReclaimSettings,
} from '../reclaim/reclaim-config.ts';
import { noGuestMemory, ReclaimSimulation } from '../reclaim/reclaim-simulation.ts';
import { Oops } from '../shared/oops.ts';
import { type ReclaimCase, type ReclaimSelection, reclaimCases } from './reclaim-cases.ts';
import {
  RECLAIM_SCHEMA,
  type ReclaimComparison,
  type ReclaimEnd,
  type ReclaimResult,
  type ReclaimRow,
} from './reclaim-result.ts';

export interface ReclaimOptions extends ReclaimSelection {
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
 * @throws InputError if a name is unknown, a setting is out of its range, or a variant has no such guest
 */
export async function reclaim(options: ReclaimOptions): Promise<ReclaimResult> {
  const config = completeReclaimConfig(options.config);
  const signal = options.signal ?? new AbortController().signal;
  const cases = reclaimCases(options);

  options.onStart?.();
  const rows: ReclaimRow[] = [];
  for (const each of cases) {
    const row = await reclaimFromGuest(config, each, signal);
    if (row !== null) rows.push(row);
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
  { variant, mutant, rules, guest: kind }: ReclaimCase,
  signal: AbortSignal,
): Promise<ReclaimRow | null> {
  const { pages, rounds } = config;
  const guest = new Guest(rules, pages, kind);
  const reclaimer = new MglruReclaimer(pages, guest);
  const simulation = new ReclaimSimulation(config, reclaimer, guest);
  const row = { variant, mutant, guest: kind };
  try {
    if (!(await runRounds(simulation, rounds, signal))) return null;
  } catch (error) {
    return { ...row, figures: null, end: { ...reasonOf(error), ...simulation.position } };
  }
  const { agingCalls, misreported, staleYoung } = guest;
  const hotEvictionsOfL2 = simulation.hotEvictions((page) => isL2Page(kind, page, pages));
  const asked = { agingCalls, misreported, staleYoung, hotEvictionsOfL2 };
  return { ...row, figures: { ...simulation.figures(), ...reclaimer.work(), ...asked }, end: null };
}

/** Why a row has come to its end. */
function reasonOf(error: unknown): Pick<ReclaimEnd, 'cause' | 'page' | 'message'> {
  if (error instanceof Oops) return { cause: error.property, page: error.page, message: error.message };
  if (error instanceof OutOfMemory) return { cause: 'out-of-memory', page: null, message: error.message };
  throw error;
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
