import { DISABLED, type Machine } from './machine.ts';
import { OpKind } from './operation.ts';
import type { RowTable } from './row-table.ts';

/**
 * The thread whose wait ends with this step without being woken for it, or -1. On real threads it would sleep on: the
 * port asks for `wake` behind every operation that may end a wait, before the thread's next step.
 */
export function sleeperLeftBy(machine: Machine, row: Int32Array, thread: number, move: number): number {
  const { nodes } = machine.trees;
  const kind = nodes.kind[move] as number;
  if (kind === OpKind.choose) return -1;
  const store = row[0] as number;
  const step = machine.step(store, move);
  const next = machine.cache[step + 3] as number;
  const nextStore = machine.cache[step + 2] as number;
  if (next === DISABLED || nextStore === store) return -1;
  const first = nodes.word[move] as number;
  const end = first + (kind === OpKind.fill ? (nodes.a[move] as number) : 1);
  for (let other = 0; other < machine.threadCount; other++) {
    if (other === thread) continue;
    const node = row[1 + other] as number;
    const word = nodes.word[node] as number;
    if (!isWait(nodes.kind[node] as number) || word < first || word >= end) continue;
    const slept = !machine.isEnabled(store, node);
    const ends = machine.isEnabled(nextStore, node);
    if (slept && ends && !machine.wokenBy(store, move).includes(word)) return other;
  }
  return -1;
}

/** Whether some step of the states leaves a sleeper. */
export function someSleeperIsLeft(machine: Machine, states: RowTable): boolean {
  for (let state = 0; state < states.count; state++) {
    const row = states.rows.subarray(state * states.stride, (state + 1) * states.stride);
    for (let thread = 0; thread < machine.threadCount; thread++) {
      const node = row[1 + thread] as number;
      if (machine.trees.nodes.moves[node] !== 0 && sleeperLeftBy(machine, row, thread, node) >= 0) return true;
    }
  }
  return false;
}

function isWait(kind: number): boolean {
  return kind === OpKind.awaitBits || kind === OpKind.awaitAdd;
}
