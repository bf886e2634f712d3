import type { PhaseName } from './bench-config.ts';
import { Work } from './step.ts';

/**
 * Accesses that find their page mapped are over long before an aging pass is: it takes some rounds for one to meet the other.
 * The kernel's test makes one, with more memory.
 */
const MAPPED_ROUNDS = 8;

/** How a phase is measured: what comes before, once and in each iteration, and what of it counts. */
export interface PhaseScript {
  /** Once a run. */
  readonly first: readonly Work[];
  /** Before each iteration the host takes all pages back and drops the page tables. */
  readonly drops: boolean;
  /** Then, in each iteration. */
  readonly before: readonly Work[];
  readonly measured: Work;
  /** How often each vCPU goes over its pages. */
  readonly rounds: number;
  /** The host takes pages back meanwhile. */
  readonly invalidates: boolean;
  /** After an iteration it is counted how many pages still look idle. */
  readonly asksIdle: boolean;
}

const NOTHING_SPECIAL = {
  first: [Work.populate],
  drops: false,
  before: [],
  rounds: 1,
  invalidates: false,
  asksIdle: false,
};

const scripts: Readonly<Record<PhaseName, PhaseScript>> = {
  populate: { ...NOTHING_SPECIAL, first: [], drops: true, measured: Work.populate },
  'write-populated': { ...NOTHING_SPECIAL, measured: Work.write, rounds: MAPPED_ROUNDS },
  read: { ...NOTHING_SPECIAL, measured: Work.read, rounds: MAPPED_ROUNDS },
  'mark-idle': { ...NOTHING_SPECIAL, before: [Work.write], measured: Work.markIdle },
  // What is counted after one iteration marks the pages idle for the next.
  'write-idle': { ...NOTHING_SPECIAL, first: [Work.populate, Work.markIdle], measured: Work.write, asksIdle: true },
  'read-idle': { ...NOTHING_SPECIAL, first: [Work.populate, Work.markIdle], measured: Work.read, asksIdle: true },
  invalidate: { ...NOTHING_SPECIAL, measured: Work.random, rounds: MAPPED_ROUNDS, invalidates: true },
};

export function phaseScript(phase: PhaseName): PhaseScript {
  return scripts[phase];
}
