import type { BudgetWatch } from './budget.ts';
import { endlessThread } from './decision-trees.ts';
import type { Search } from './full-search.ts';
import { GrowingList } from './growing-list.ts';
import { BREACHES, DISABLED, type Machine } from './machine.ts';
import { grownBytes, RowTable } from './row-table.ts';
import type { Step } from './step.ts';

const EXPANSIONS_PER_CHECK = 4096;

/**
 * Every schedule with at most `bound` preemptions (switches away from a thread that could have gone on), after
 * Musuvathi and Qadeer, "Iterative Context Bounding" (PLDI 2007). It searches (state, last thread), those that fewest
 * preemptions lead to first, and is complete only if nothing had to be left out.
 */
export function searchBounded(machine: Machine, bound: number, watch: BudgetWatch): Search {
  const threads = machine.threadCount;
  const stride = threads + 1;
  const table = new RowTable(stride);
  const { nodes } = machine.trees;
  const ends = new GrowingList();
  const breaches = new Map<number, Step>();
  const row = new Int32Array(stride);
  // Key: state * threads + last thread. The beginning is in here once, as if thread 0 had come last.
  let isDone = new Uint8Array(16);
  let now = new GrowingList();
  let later = new GrowingList();
  let transitions = 0;
  let expanded = 0;
  let leftOut = false;
  let cut: string | undefined;

  row[0] = machine.initialStore;
  row.set(machine.roots, 1);
  table.intern(row);
  now.push(0);
  try {
    for (let preemptions = 0; now.length > 0 && cut === undefined; preemptions++) {
      while (now.length > 0) {
        if (++expanded % EXPANSIONS_PER_CHECK === 0) {
          cut = watch.check(table.count, Math.min(expanded, table.count), transitions, bytes());
          if (cut !== undefined) break;
        }
        const key = now.at(--now.length);
        if (isDone[key] === 1) continue;
        isDone[key] = 1;
        expand(key, preemptions < bound);
      }
      [now, later] = [later, now];
    }
  } catch (error) {
    cut = endlessThread(error);
  }
  if (cut === undefined && leftOut) cut = `not more than ${bound} preemptions`;
  return { states: table, transitions, cut, ends, breaches, layered: false, tallies: undefined };

  function expand(key: number, mayPreempt: boolean): void {
    const state = Math.floor(key / threads);
    const running = key % threads;
    const base = state * stride;
    row.set(table.rows.subarray(base, base + stride));
    const store = row[0] as number;
    let enabled = 0;
    for (let thread = 0; thread < threads; thread++) {
      const node = row[1 + thread] as number;
      if (nodes.moves[node] !== 0 && machine.isEnabled(store, node)) enabled |= 1 << thread;
    }
    if (enabled === 0 && !endIsKnown(state)) ends.push(state);
    // Nobody is preempted at the beginning.
    const canGoOn = key !== 0 && ((enabled >> running) & 1) === 1;
    for (let thread = 0; thread < threads; thread++) {
      if (((enabled >> thread) & 1) === 0) continue;
      const preempts = canGoOn && thread !== running;
      if (preempts && !mayPreempt) {
        leftOut = true;
        continue;
      }
      const node = row[1 + thread] as number;
      const end = node + (nodes.moves[node] as number);
      for (let move = node; move < end; move++) {
        const step = machine.step(store, move);
        const nextStore = machine.cache[step + 2] as number;
        const next = machine.cache[step + 3] as number;
        if (next === DISABLED) continue;
        transitions++;
        if (next >= BREACHES) {
          for (const breach of machine.stepBreaches(store, move)) {
            if (!breaches.has(breach)) breaches.set(breach, { state, thread, move });
          }
        }
        row[0] = nextStore;
        row[1 + thread] = next & ~BREACHES;
        const reached = table.intern(row) * threads + thread;
        row[0] = store;
        row[1 + thread] = node;
        if (reached >= isDone.length) isDone = grownBytes(isDone, Math.max(reached + 1, 2 * isDone.length));
        if (isDone[reached] === 0) (preempts ? later : now).push(reached);
      }
    }
  }

  /** An end is reached once for each thread that can come last. */
  function endIsKnown(state: number): boolean {
    for (let thread = 0, done = 0; thread < threads; thread++) {
      done += isDone[state * threads + thread] ?? 0;
      if (done > 1) return true;
    }
    return false;
  }

  function bytes(): number {
    return table.bytes + isDone.length + 4 * (now.items.length + later.items.length) + machine.bytes;
  }
}
