import { GrowingList } from './growing-list.ts';
import type { StateGraph } from './state-graph.ts';
import { UNREACHED } from './tallies.ts';

/**
 * Fewest preemptions on any way to each (state, last thread): a 0-1 search level by level. A preemption is a switch
 * away from a thread that could go on.
 */
export function fewestPreemptions(graph: StateGraph): Uint16Array {
  const { first, target, thread, last, stateCount, threadCount } = graph;
  const fewest = new Uint16Array(stateCount * threadCount).fill(UNREACHED);
  let level = new GrowingList();
  let next = new GrowingList();
  // Nobody runs before the first step, which therefore costs nothing whoever takes it.
  for (let edge = first[0] as number; edge < (first[1] as number); edge++) {
    const key = (target[edge] as number) * threadCount + (last[edge] as number);
    if (fewest[key] !== UNREACHED) continue;
    fewest[key] = 0;
    level.push(key);
  }
  for (let cost = 0; level.length > 0; cost++) {
    // The list grows while it is worked off: moves without a preemption stay on the level.
    for (let i = 0; i < level.length; i++) {
      const key = level.at(i);
      if (fewest[key] !== cost) continue;
      const state = Math.floor(key / threadCount);
      const running = key - state * threadCount;
      const end = first[state + 1] as number;
      let canGoOn = 0;
      for (let edge = first[state] as number; edge < end; edge++) if (thread[edge] === running) canGoOn = 1;
      for (let edge = first[state] as number; edge < end; edge++) {
        const preempted = thread[edge] === running ? 0 : canGoOn;
        const to = (target[edge] as number) * threadCount + (last[edge] as number);
        if ((fewest[to] as number) <= cost + preempted) continue;
        fewest[to] = cost + preempted;
        (preempted === 0 ? level : next).push(to);
      }
    }
    level = next;
    next = new GrowingList();
  }
  return fewest;
}
