import type { Machine } from './machine.ts';
import type { RowTable } from './row-table.ts';
import type { StateGraph } from './state-graph.ts';

/**
 * Threads that can be kept from their end for ever although every thread that can go on does so in the end: for each
 * there is a cycle in which it never moves, sometimes cannot, and no other thread is passed over that always could
 * (weak fairness). Meaningful for programs in which some other thread goes round for ever.
 */
export function starvedThreads(machine: Machine, states: RowTable, graph: StateGraph): number[] {
  const enabled = enabledMasks(graph);
  const starved: number[] = [];
  for (let thread = 0; thread < machine.threadCount; thread++) {
    const component = components(graph, thread);
    if (hasFairComponent(machine, states, graph, enabled, component, thread)) starved.push(thread);
  }
  return starved;
}

function hasFairComponent(
  machine: Machine,
  states: RowTable,
  graph: StateGraph,
  enabled: Int32Array,
  component: Int32Array,
  waiting: number,
): boolean {
  const { moves } = machine.trees.nodes;
  const alwaysEnabled = new Int32Array(graph.stateCount).fill(-1);
  const movers = new Int32Array(graph.stateCount);
  for (let state = 0; state < graph.stateCount; state++) {
    const own = component[state] as number;
    alwaysEnabled[own] = (alwaysEnabled[own] as number) & (enabled[state] as number);
    for (let edge = graph.first[state] as number; edge < (graph.first[state + 1] as number); edge++) {
      const thread = graph.thread[edge] as number;
      if (thread === waiting || component[graph.target[edge] as number] !== own) continue;
      movers[own] = (movers[own] as number) | (1 << thread);
    }
  }
  for (let state = 0; state < graph.stateCount; state++) {
    const own = component[state] as number;
    const node = states.rows[state * states.stride + 1 + waiting] as number;
    if (movers[own] === 0 || moves[node] === 0) continue;
    if (((alwaysEnabled[own] as number) & ~(movers[own] as number)) === 0) return true;
  }
  return false;
}

function enabledMasks(graph: StateGraph): Int32Array {
  const masks = new Int32Array(graph.stateCount);
  for (let state = 0; state < graph.stateCount; state++) {
    for (let edge = graph.first[state] as number; edge < (graph.first[state + 1] as number); edge++) {
      masks[state] = (masks[state] as number) | (1 << (graph.thread[edge] as number));
    }
  }
  return masks;
}

/** Strongly connected components without the steps of one thread (Tarjan, iterative), by state. */
function components(graph: StateGraph, without: number): Int32Array {
  const { first, target, thread, stateCount } = graph;
  const component = new Int32Array(stateCount).fill(-1);
  const order = new Int32Array(stateCount);
  const low = new Int32Array(stateCount);
  const nextEdge = new Int32Array(stateCount);
  const path = new Int32Array(stateCount);
  const open = new Int32Array(stateCount);
  let visited = 0;
  let opened = 0;
  let found = 0;
  for (let root = 0; root < stateCount; root++) {
    if (order[root] !== 0) continue;
    let depth = 0;
    path[depth++] = root;
    while (depth > 0) {
      const state = path[depth - 1] as number;
      if (order[state] === 0) {
        order[state] = ++visited;
        low[state] = visited;
        nextEdge[state] = first[state] as number;
        open[opened++] = state;
      }
      const edge = nextEdge[state] as number;
      if (edge < (first[state + 1] as number)) {
        nextEdge[state] = edge + 1;
        if (thread[edge] === without) continue;
        const to = target[edge] as number;
        if (order[to] === 0) path[depth++] = to;
        else if (component[to] === -1) low[state] = Math.min(low[state] as number, order[to] as number);
        continue;
      }
      depth--;
      if (depth > 0) {
        const parent = path[depth - 1] as number;
        low[parent] = Math.min(low[parent] as number, low[state] as number);
      }
      if (low[state] !== order[state]) continue;
      for (;;) {
        const member = open[--opened] as number;
        component[member] = found;
        if (member === state) break;
      }
      found++;
    }
  }
  return component;
}
