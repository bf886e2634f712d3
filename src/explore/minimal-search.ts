import type { BudgetWatch } from './budget.ts';
import { CostQueue } from './cost-queue.ts';
import { endlessThread } from './decision-trees.ts';
import { BREACHES, type Machine } from './machine.ts';
import { grown, grownBytes, RowTable } from './row-table.ts';

/** What a schedule costs a reader, most important first. */
export interface Cost {
  /** Switches away from a thread that could have gone on. */
  readonly preemptions: number;
  readonly switches: number;
  readonly steps: number;
}

/** One step of a schedule. */
export interface Choice {
  readonly thread: number;
  /** Which alternative of a `choose`; 0 otherwise. */
  readonly alternative: number;
}

/** A cheapest schedule that breaks a property. */
interface Minimal {
  readonly breach: number;
  readonly cost: Cost;
  readonly choices: readonly Choice[];
  /** Whether everything cheaper has been searched. */
  readonly proven: boolean;
}

/** Breaches of a state: `row` holds it, `enabled` has a bit for each thread that can go on. */
export type JudgeState = (row: Int32Array, enabled: number) => readonly number[];

/** Breaches of a step that are no monitor's, such as a wake-up that is missing. */
export type JudgeStep = (row: Int32Array, thread: number, move: number) => readonly number[];

export interface MinimalSearch {
  /** By kind of breach. */
  readonly found: ReadonlyMap<number, Minimal>;
  /** Below this number of preemptions everything has been searched; Infinity if there is nothing left at all. */
  readonly searchedBelow: number;
  readonly cut: string | undefined;
}

const POPS_PER_CHECK = 1024;
const NOBODY = -1;

/**
 * Searches (state, last thread) in order of cost and without any reduction, so that the first schedule found for a
 * kind of breach is provably minimal: fewest preemptions, then fewest switches, then fewest steps. It stops when every
 * kind in `wanted` has been found.
 */
export function searchMinimal(
  machine: Machine,
  judge: { readonly state: JudgeState; readonly step: JudgeStep | undefined },
  wanted: ReadonlySet<number>,
  watch: BudgetWatch,
): MinimalSearch {
  const threads = machine.threadCount;
  const stride = threads + 1;
  const states = new RowTable(stride);
  const { nodes } = machine.trees;
  const queue = new CostQueue();
  const found = new Map<number, Omit<Minimal, 'proven'>>();
  const missing = new Set(wanted);
  const row = new Int32Array(stride);
  // Key 0 is the beginning; key 1 + state * threads + last the state with that thread last.
  let costs = new Float64Array(16).fill(Number.POSITIVE_INFINITY);
  let parents = new Int32Array(16);
  let alternatives = new Int32Array(16);
  let settled = new Uint8Array(16);
  let transitions = 0;
  let pops = 0;

  row[0] = machine.initialStore;
  row.set(machine.roots, 1);
  states.intern(row);
  costs[0] = 0;
  parents[0] = NOBODY;
  queue.push(0, 0, 0, 0);

  try {
    for (let key = queue.pop(); key >= 0; key = queue.pop()) {
      const { preemptions, switches, steps } = queue;
      if (settled[key] === 1) continue;
      settled[key] = 1;
      if (++pops % POPS_PER_CHECK === 0) {
        const bytes = states.bytes + costs.length * 17 + machine.bytes;
        const cut = watch.check(states.count, pops, transitions, bytes);
        if (cut !== undefined) return { found: settle(), searchedBelow: preemptions, cut };
      }
      const state = key === 0 ? 0 : Math.floor((key - 1) / threads);
      const running = key === 0 ? NOBODY : (key - 1) % threads;
      const base = state * stride;
      const store = states.rows[base] as number;
      for (let column = 0; column < stride; column++) row[column] = states.rows[base + column] as number;
      let enabled = 0;
      for (let thread = 0; thread < threads; thread++) {
        const node = row[1 + thread] as number;
        if (nodes.moves[node] === 0) continue;
        if (machine.isEnabled(store, node)) enabled |= 1 << thread;
      }
      for (const breach of judge.state(row, enabled)) record(breach, { preemptions, switches, steps }, key, undefined);
      if (isDone()) return { found: settle(), searchedBelow: preemptions, cut: undefined };
      const canGoOn = running === NOBODY ? 0 : (enabled >> running) & 1;
      for (let thread = 0; thread < threads; thread++) {
        if (((enabled >> thread) & 1) === 0) continue;
        const switched = running === NOBODY || thread === running ? 0 : 1;
        const preempted = switched & canGoOn;
        const node = row[1 + thread] as number;
        const end = node + (nodes.moves[node] as number);
        for (let move = node; move < end; move++) {
          const step = machine.step(store, move);
          const next = machine.cache[step + 3] as number;
          const nextStore = machine.cache[step + 2] as number;
          transitions++;
          const broken = [
            ...(next >= BREACHES ? machine.stepBreaches(store, move) : []),
            ...(judge.step?.(row, thread, move) ?? []),
          ];
          for (const breach of broken) {
            const cost = { preemptions: preemptions + preempted, switches: switches + switched, steps: steps + 1 };
            record(breach, cost, key, { thread, alternative: move - node });
          }
          row[0] = nextStore;
          row[1 + thread] = next & ~BREACHES;
          const reached = states.intern(row);
          row[0] = store;
          row[1 + thread] = node;
          const to = 1 + reached * threads + thread;
          if (to >= costs.length) grow(to);
          const cost = packed(preemptions + preempted, switches + switched, steps + 1);
          if (cost >= (costs[to] as number)) continue;
          costs[to] = cost;
          parents[to] = key;
          alternatives[to] = move - node;
          queue.push(to, preemptions + preempted, switches + switched, steps + 1);
        }
      }
    }
  } catch (error) {
    return { found: settle(), searchedBelow: queue.preemptions, cut: endlessThread(error) };
  }
  return { found: settle(), searchedBelow: Number.POSITIVE_INFINITY, cut: undefined };

  /**
   * A breach of a state is final when it is found: states leave the queue in order of cost. One of a step may still be
   * undercut by another step of a state not yet expanded, so the cheapest wins until all costs below are settled.
   */
  function record(breach: number, cost: Cost, key: number, step: Choice | undefined): void {
    const kind = machine.breaches.kindOf(breach);
    const known = found.get(kind);
    if (known !== undefined && packedCost(known.cost) <= packedCost(cost)) return;
    found.set(kind, { breach, cost, choices: choicesTo(key, step) });
    missing.delete(kind);
  }

  /** Whether everything wanted is found and nothing in the queue can be cheaper. */
  function isDone(): boolean {
    if (found.size === 0 || missing.size > 0) return false;
    const now = packed(queue.preemptions, queue.switches, queue.steps);
    for (const { cost } of found.values()) if (packedCost(cost) > now) return false;
    return true;
  }

  function settle(): Map<number, Minimal> {
    const now = packed(queue.preemptions, queue.switches, queue.steps);
    const entries = [...found].map(([kind, minimal]): [number, Minimal] => [
      kind,
      { ...minimal, proven: packedCost(minimal.cost) <= now || queue.isEmpty },
    ]);
    return new Map(entries);
  }

  function choicesTo(key: number, step: Choice | undefined): Choice[] {
    const choices: Choice[] = step === undefined ? [] : [step];
    for (let at = key; at !== 0; at = parents[at] as number) {
      choices.push({ thread: (at - 1) % threads, alternative: alternatives[at] as number });
    }
    return choices.reverse();
  }

  function grow(key: number): void {
    const length = Math.max(key + 1, 2 * costs.length);
    const moreCosts = new Float64Array(length).fill(Number.POSITIVE_INFINITY, costs.length);
    moreCosts.set(costs);
    costs = moreCosts;
    parents = grown(parents, length);
    alternatives = grown(alternatives, length);
    settled = grownBytes(settled, length);
  }
}

function packedCost({ preemptions, switches, steps }: Cost): number {
  return packed(preemptions, switches, steps);
}

/** One number in the order of costs: up to 8,191 preemptions, a million switches and a million steps. */
function packed(preemptions: number, switches: number, steps: number): number {
  return preemptions * 2 ** 40 + switches * 2 ** 20 + steps;
}
