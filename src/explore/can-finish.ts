import type { StateGraph } from './state-graph.ts';

/** Marks the states from which one of the `goals` can be reached (backward reachability over all steps). */
export function canReach(graph: StateGraph, goals: Iterable<number>): Uint8Array {
  const { first, target, stateCount } = graph;
  const firstBack = new Int32Array(stateCount + 1);
  for (let edge = 0; edge < target.length; edge++) {
    const to = (target[edge] as number) + 1;
    firstBack[to] = (firstBack[to] as number) + 1;
  }
  for (let state = 0; state < stateCount; state++) {
    firstBack[state + 1] = (firstBack[state + 1] as number) + (firstBack[state] as number);
  }
  const place = firstBack.slice();
  const source = new Int32Array(target.length);
  for (let state = 0; state < stateCount; state++) {
    for (let edge = first[state] as number; edge < (first[state + 1] as number); edge++) {
      const to = target[edge] as number;
      const at = place[to] as number;
      place[to] = at + 1;
      source[at] = state;
    }
  }
  const reaches = new Uint8Array(stateCount);
  const queue = new Int32Array(stateCount);
  let tail = 0;
  for (const goal of goals) {
    if (reaches[goal] === 1) continue;
    reaches[goal] = 1;
    queue[tail++] = goal;
  }
  for (let head = 0; head < tail; head++) {
    const state = queue[head] as number;
    for (let edge = firstBack[state] as number; edge < (firstBack[state + 1] as number); edge++) {
      const from = source[edge] as number;
      if (reaches[from] === 1) continue;
      reaches[from] = 1;
      queue[tail++] = from;
    }
  }
  return reaches;
}
