import type { BudgetWatch } from './budget.ts';
import { endlessThread } from './decision-trees.ts';
import { Expander } from './expander.ts';
import type { GrowingList } from './growing-list.ts';
import type { Machine } from './machine.ts';
import type { RowTable } from './row-table.ts';
import type { Step } from './step.ts';
import type { Symmetry } from './symmetry.ts';
import type { Tallies } from './tallies.ts';

/** Between two looks at the budget. */
const EXPANSIONS_PER_CHECK = 4096;

/** What a search has found. */
export interface Search {
  readonly states: RowTable;
  readonly transitions: number;
  /** Why the search has ended early; undefined if it is complete. */
  readonly cut: string | undefined;
  /** States without an enabled move. */
  readonly ends: GrowingList;
  /** For each breach of a step the first step found to break it. */
  readonly breaches: ReadonlyMap<number, Step>;
  /**
   * Whether every step leads from one breadth-first level to the next. Then no state lies on a cycle, and the path
   * counts and fewest preemptions in `tallies`, which are collected level by level, are exact.
   */
  readonly layered: boolean;
  /** Undefined if the search has left out steps: then nothing is known that depends on all of them. */
  readonly tallies: Tallies | undefined;
}

/**
 * Every state and every step, breadth first. While the program's trees have no cycles, each level is complete before
 * the next begins, so the numbers of interleavings and the fewest preemptions come with the search itself.
 */
export function searchFully(machine: Machine, symmetry: Symmetry | undefined, watch: BudgetWatch): Search {
  const expander = new Expander(machine, symmetry);
  const { table, tallies, ends, breaches } = expander;
  let cut: string | undefined;
  try {
    while (expander.next < table.count) {
      const bytes = table.bytes + table.count * tallies.bytesPerState + machine.bytes;
      cut = watch.check(table.count, expander.next, expander.transitions, bytes);
      if (cut !== undefined) break;
      // Apart from the expansion, which would be compiled again whenever something new happens here.
      expander.makeRoom(EXPANSIONS_PER_CHECK);
      expander.expand(EXPANSIONS_PER_CHECK);
    }
  } catch (error) {
    cut = endlessThread(error);
  }
  return { states: table, transitions: expander.transitions, cut, ends, breaches, layered: expander.layered, tallies };
}
