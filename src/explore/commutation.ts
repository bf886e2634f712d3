import { BREACHES, DISABLED, type Machine } from './machine.ts';

/**
 * Whether, in this very store, one thread's move and every alternative of another thread's node lead to the same
 * contents, the same ghosts and the same next nodes in both orders. Both must be enabled here; a pair of which one
 * disables the other, or which breaks a property in either order, does not commute.
 */
export function commutes(machine: Machine, store: number, move: number, node: number): boolean {
  const last = node + (machine.trees.nodes.moves[node] as number);
  for (let other = node; other < last; other++) {
    if (!orderIsIrrelevant(machine, store, move, other)) return false;
  }
  return true;
}

function orderIsIrrelevant(machine: Machine, store: number, first: number, second: number): boolean {
  const a = machine.step(store, first);
  const storeA = machine.cache[a + 2] as number;
  const nodeA = machine.cache[a + 3] as number;
  const b = machine.step(store, second);
  const storeB = machine.cache[b + 2] as number;
  const nodeB = machine.cache[b + 3] as number;
  if (nodeA === DISABLED || nodeB === DISABLED || nodeA >= BREACHES || nodeB >= BREACHES) return false;
  const ab = machine.step(storeA, second);
  if (machine.cache[ab + 3] !== nodeB) return false;
  const end = machine.cache[ab + 2] as number;
  const ba = machine.step(storeB, first);
  return machine.cache[ba + 3] === nodeA && machine.cache[ba + 2] === end;
}
