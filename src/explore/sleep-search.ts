import type { BudgetWatch } from './budget.ts';
import { commutes } from './commutation.ts';
import { endlessThread } from './decision-trees.ts';
import type { Search } from './full-search.ts';
import { GrowingList } from './growing-list.ts';
import { BREACHES, DISABLED, type Machine } from './machine.ts';
import { grown, RowTable } from './row-table.ts';
import type { Step } from './step.ts';
import type { Symmetry } from './symmetry.ts';

const STEPS_PER_CHECK = 4096;

/** Depth-first stack: state, threads to explore, threads asleep, next move of the thread being explored (or -1). */
const FRAME = 4;

/**
 * Every state, depth first, without the steps that only repeat another order of commuting ones (sleep sets). A state
 * that is reached again with fewer threads asleep is explored for the difference only (Godefroid's revisit rule);
 * doing less than that, or sending more threads to sleep then, loses states.
 */
export function searchWithSleepSets(machine: Machine, symmetry: Symmetry | undefined, watch: BudgetWatch): Search {
  const threads = machine.threadCount;
  const stride = threads + 1;
  const table = new RowTable(stride);
  const { nodes } = machine.trees;
  const ends = new GrowingList();
  const breaches = new Map<number, Step>();
  const row = new Int32Array(stride);
  let asleepAt = new Int32Array(16);
  let stack = new Int32Array(16 * FRAME);
  let depth = 0;
  let transitions = 0;
  let cut: string | undefined;
  let untilCheck = 1;

  row[0] = machine.initialStore;
  row.set(machine.roots, 1);
  symmetry?.sort(row, 0);
  try {
    enter(0);
    while (depth > 0) {
      if (--untilCheck === 0) {
        untilCheck = STEPS_PER_CHECK;
        cut = watch.check(table.count, table.count - depth, transitions, table.bytes + 4 * table.count + machine.bytes);
        if (cut !== undefined) break;
      }
      const frame = (depth - 1) * FRAME;
      const state = stack[frame] as number;
      const todo = stack[frame + 1] as number;
      const asleep = stack[frame + 2] as number;
      if (todo === 0) {
        depth--;
        continue;
      }
      const thread = 31 - Math.clz32(todo & -todo);
      const base = state * stride;
      const store = table.rows[base] as number;
      const node = table.rows[base + 1 + thread] as number;
      const at = stack[frame + 3] as number;
      const move = at < 0 ? node : at;
      if (move + 1 < node + (nodes.moves[node] as number)) {
        stack[frame + 3] = move + 1;
      } else {
        // Only a thread whose every alternative has been explored here may sleep in what is explored after it.
        stack[frame + 1] = todo & (todo - 1);
        stack[frame + 2] = asleep | (1 << thread);
        stack[frame + 3] = -1;
      }

      const step = machine.step(store, move);
      const next = machine.cache[step + 3] as number;
      if (next === DISABLED) continue;
      transitions++;
      if (next >= BREACHES) {
        for (const breach of machine.stepBreaches(store, move)) {
          if (!breaches.has(breach)) breaches.set(breach, { state, thread, move });
        }
      }
      const nextStore = machine.cache[step + 2] as number;
      let childAsleep = 0;
      for (let rest = asleep; rest !== 0; rest &= rest - 1) {
        const other = 31 - Math.clz32(rest & -rest);
        if (other === thread) continue;
        if (commutes(machine, store, move, table.rows[base + 1 + other] as number)) childAsleep |= 1 << other;
      }
      for (let column = 0; column < stride; column++) row[column] = table.rows[base + column] as number;
      row[0] = nextStore;
      row[1 + thread] = next & ~BREACHES;
      if (symmetry !== undefined) childAsleep = symmetry.sort(row, childAsleep);
      enter(childAsleep);
    }
  } catch (error) {
    cut = endlessThread(error);
  }
  return { states: table, transitions, cut, ends, breaches, layered: false, tallies: undefined };

  /** Visits the state in `row` with these threads asleep. */
  function enter(asleep: number): void {
    const state = table.intern(row);
    if (table.added) {
      if (state === asleepAt.length) asleepAt = grown(asleepAt, 2 * state);
      asleepAt[state] = asleep;
      const enabled = enabledThreads();
      if (enabled === 0) ends.push(state);
      push(state, enabled & ~asleep, asleep);
      return;
    }
    const before = asleepAt[state] as number;
    const woken = before & ~asleep;
    if (woken === 0) return;
    asleepAt[state] = before & asleep;
    push(state, woken, before & asleep);
  }

  function enabledThreads(): number {
    let enabled = 0;
    for (let thread = 0; thread < threads; thread++) {
      const node = row[1 + thread] as number;
      if (nodes.moves[node] === 0) continue;
      if (machine.isEnabled(row[0] as number, node)) enabled |= 1 << thread;
    }
    return enabled;
  }

  function push(state: number, todo: number, asleep: number): void {
    if ((depth + 1) * FRAME > stack.length) stack = grown(stack, 2 * stack.length);
    const frame = depth * FRAME;
    stack[frame] = state;
    stack[frame + 1] = todo;
    stack[frame + 2] = asleep;
    stack[frame + 3] = -1;
    depth++;
  }
}
