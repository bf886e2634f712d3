import { isOpening } from '../../src/shared/ghost-event.ts';
import type { Memory } from '../../src/shared/memory.ts';

/**
 * The oracle: explores a program by the plainest means, on strings and maps, without anything of the search under
 * test. States are (words, ghosts, and for each thread its results since the last loop head with the key of that
 * head); interleavings are enumerated one by one while there are few of them.
 */

export interface BruteProgram {
  readonly initial: readonly number[];
  readonly threads: readonly ((memory: Memory) => unknown)[];
  /** Next ghost value of a page on an event, for programs with ghosts. */
  readonly ghostStep?: (ghost: number, thread: number, event: number, page: number, value: number) => number;
}

interface BruteOutcome {
  interleavings: bigint | null;
  minPreemptions: number;
}

export interface BruteResult {
  readonly states: number;
  readonly transitions: number;
  /** By JSON of [values, words]. */
  readonly outcomes: Map<string, BruteOutcome>;
  readonly deadlocks: number;
  /** Of the cheapest schedule into a deadlock. */
  readonly deadlockCost: { readonly preemptions: number; readonly switches: number; readonly steps: number } | null;
  readonly interleavings: bigint | null;
  readonly canAlwaysFinish: boolean;
}

interface Pending {
  readonly name: string;
  readonly args: readonly number[];
}

interface Run {
  readonly pending: Pending | undefined;
  readonly value: unknown;
  readonly head: string;
  readonly sinceHead: number;
  readonly own: ReadonlyMap<number, number>;
  /** Events after the last answered operation, and those for the next. */
  readonly after: readonly (readonly number[])[];
  readonly before: readonly (readonly number[])[];
}

interface State {
  readonly words: readonly number[];
  readonly ghosts: Readonly<Record<number, number>>;
  readonly histories: readonly (readonly number[])[];
  readonly runs: readonly Run[];
}

interface Node {
  readonly state: State;
  readonly enabled: readonly number[];
  readonly edges: { readonly thread: number; readonly to: string }[];
}

class Halt extends Error {}

function runThread(program: BruteProgram, thread: number, history: readonly number[]): Run {
  let position = 0;
  let pending: Pending | undefined;
  let head = '';
  let headAt = 0;
  let after: number[][] = [];
  let before: number[][] = [];
  const own = new Map<number, number>();
  const ask = (name: string, ...args: number[]): number => {
    if (position < history.length) {
      position++;
      after = [];
      before = [];
      return history[position - 1] as number;
    }
    pending = { name, args };
    throw new Halt();
  };
  const memory: Memory = {
    load: (w) => ask('load', w),
    peek: (w) => ask('load', w),
    testBits: (w, mask) => ask('testBits', w, mask) === 1,
    store: (w, v) => void ask('store', w, v),
    fetchOr: (w, v) => ask('fetchOr', w, v),
    fetchAnd: (w, v) => ask('fetchAnd', w, v),
    fetchAdd: (w, v) => ask('fetchAdd', w, v),
    exchange: (w, v) => ask('exchange', w, v),
    add: (w, v) => void ask('add', w, v),
    setBits: (w, v) => void ask('setBits', w, v),
    clearBits: (w, v) => void ask('clearBits', w, v),
    testAndClear: (w, v) => ask('testAndClear', w, v) === 1,
    addAndTest: (w, d, m) => ask('addAndTest', w, d, m) === 1,
    compareExchange: (w, e, n) => ask('compareExchange', w, e, n),
    tryReplace: (w, e, n) => ask('tryReplace', w, e, n) === 1,
    awaitBits: (w, m, v) => ask('awaitBits', w, m, v),
    awaitAdd: (w, m, v, d) => void ask('awaitAdd', w, m, v, d),
    fill: (w, c, v) => void ask('fill', w, c, v),
    choose: (n) => ask('choose', n),
    wake: () => {},
    loadOwn: (w) => own.get(w) ?? (program.initial[w] as number),
    storeOwn: (w, v) => void own.set(w, v | 0),
    loopHead: (label, ...locals) => {
      const owned = [...own].sort((x, y) => x[0] - y[0]);
      head = JSON.stringify([label, locals, owned, before]);
      headAt = position;
    },
    note: (event, page, value) => {
      if (isOpening(event)) before.push([event, page, value]);
      else {
        after.push(...before, [event, page, value]);
        before = [];
      }
    },
  };
  let value: unknown;
  try {
    value = (program.threads[thread] as (m: Memory) => unknown)(memory);
    after.push(...before);
    before = [];
  } catch (error) {
    if (!(error instanceof Halt)) throw error;
  }
  return { pending, value, head, sinceHead: headAt, own, after, before };
}

/** The outcomes of one operation: result and words afterwards; none if it must wait. */
function results(words: readonly number[], { name, args }: Pending): [number, readonly number[]][] {
  const [w = 0, a = 0, b = 0, c = 0] = args;
  const old = words[w] as number;
  const put = (value: number): readonly number[] => words.map((was, at) => (at === w ? value | 0 : was));
  switch (name) {
    case 'load':
      return [[old, words]];
    case 'testBits':
      return [[(old & a) === 0 ? 0 : 1, words]];
    case 'store':
      return [[0, put(a)]];
    case 'fetchOr':
      return [[old, put(old | a)]];
    case 'fetchAnd':
      return [[old, put(old & a)]];
    case 'fetchAdd':
      return [[old, put(old + a)]];
    case 'exchange':
      return [[old, put(a)]];
    case 'add':
      return [[0, put(old + a)]];
    case 'setBits':
      return [[0, put(old | a)]];
    case 'clearBits':
      return [[0, put(old & ~a)]];
    case 'testAndClear':
      return [[(old & a) === 0 ? 0 : 1, put(old & ~a)]];
    case 'addAndTest':
      return [[(old & b) === 0 ? 0 : 1, put(old + a)]];
    case 'compareExchange':
      return [[old, old === a ? put(b) : words]];
    case 'tryReplace':
      return old === a ? [[1, put(b)]] : [[0, words]];
    case 'awaitBits':
      return (old & a) === b ? [[old, words]] : [];
    case 'awaitAdd':
      return (old & a) === b ? [[0, put(old + c)]] : [];
    case 'fill':
      return [[0, words.map((was, at) => (at >= w && at < w + a ? b : was))]];
    case 'choose':
      return Array.from({ length: w }, (_, alternative): [number, readonly number[]] => [alternative, words]);
    default:
      throw new Error(`unknown operation ${name}`);
  }
}

function keyOf({ words, ghosts, histories, runs }: State): string {
  const threads = histories.map((history, thread) => {
    const { head, sinceHead } = runs[thread] as Run;
    return [head, history.slice(sinceHead)];
  });
  return JSON.stringify([words, Object.entries(ghosts).sort(), threads]);
}

function withNotes(
  program: BruteProgram,
  ghosts: Readonly<Record<number, number>>,
  thread: number,
  notes: readonly (readonly number[])[],
): Readonly<Record<number, number>> {
  if (program.ghostStep === undefined) return ghosts;
  const next: Record<number, number> = { ...ghosts };
  for (const [event = 0, page = 0, value = 0] of notes) {
    next[page] = program.ghostStep(next[page] ?? 0, thread, event, page, value);
    if (next[page] === 0) delete next[page];
  }
  return next;
}

function successors(program: BruteProgram, state: State): { thread: number; state: State }[] {
  return state.runs.flatMap((run, thread) => {
    if (run.pending === undefined) return [];
    return results(state.words, run.pending).map(([result, words]) => {
      const histories = state.histories.map((history, at) => (at === thread ? [...history, result] : history));
      const next = runThread(program, thread, histories[thread] as readonly number[]);
      const runs = state.runs.map((was, at) => (at === thread ? next : was));
      const ghosts = withNotes(program, state.ghosts, thread, [...run.before, ...next.after]);
      return { thread, state: { words, ghosts, histories, runs } };
    });
  });
}

function explore(program: BruteProgram): Map<string, Node> {
  const runs = program.threads.map((_, thread) => runThread(program, thread, []));
  let ghosts: Readonly<Record<number, number>> = {};
  runs.forEach((run, thread) => {
    ghosts = withNotes(program, ghosts, thread, run.after);
  });
  const start: State = { words: program.initial, ghosts, histories: program.threads.map(() => []), runs };
  const graph = new Map<string, Node>();
  const queue: State[] = [start];
  const seen = new Set([keyOf(start)]);
  for (const state of queue) {
    const edges = successors(program, state).map(({ thread, state: next }) => {
      const to = keyOf(next);
      if (!seen.has(to)) {
        seen.add(to);
        queue.push(next);
      }
      return { thread, to };
    });
    graph.set(keyOf(state), { state, edges, enabled: [...new Set(edges.map((edge) => edge.thread))] });
    if (graph.size > 4_000) throw new Error('too large for brute force');
  }
  return graph;
}

function outcomeKey(state: State): string {
  const words = [...state.words];
  for (const run of state.runs) for (const [word, value] of run.own) words[word] = value;
  return JSON.stringify([state.runs.map((run) => run.value ?? null), words]);
}

/** Cost of going on with `thread` after `last`. */
function preemption(node: Node, last: number, thread: number): number {
  return last >= 0 && last !== thread && node.enabled.includes(last) ? 1 : 0;
}

export function bruteForce(program: BruteProgram, maxEnumerated = 2000): BruteResult {
  const graph = explore(program);
  const start = graph.keys().next().value as string;
  const nodes = [...graph.values()];
  const ends = [...graph].filter(([, node]) => node.edges.length === 0);
  const isFinished = (node: Node): boolean => node.state.runs.every((run) => run.pending === undefined);
  const paths = pathCounts(graph, start);
  const costs = relaxedCosts(graph, start);

  const outcomes = new Map<string, BruteOutcome>();
  let total: bigint | null = paths.hasCycle ? null : 0n;
  let deadlockCost: number | null = null;
  for (const [key, node] of ends) {
    const count = paths.count(key);
    const cost = costs.get(key) as number;
    const preemptions = Math.floor(cost / PREEMPTION);
    total = total === null || count === null ? null : total + count;
    if (!isFinished(node)) {
      deadlockCost = Math.min(deadlockCost ?? cost, cost);
      continue;
    }
    const outcome = outcomeKey(node.state);
    const known = outcomes.get(outcome);
    outcomes.set(outcome, {
      interleavings:
        known === undefined
          ? count
          : known.interleavings === null || count === null
            ? null
            : known.interleavings + count,
      minPreemptions: Math.min(known?.minPreemptions ?? preemptions, preemptions),
    });
  }
  if (total !== null && total <= BigInt(maxEnumerated)) enumerateAndCompare(graph, start, outcomes, total);

  const finished = new Set(ends.filter(([, node]) => isFinished(node)).map(([key]) => key));
  for (let before = -1; before !== finished.size; ) {
    before = finished.size;
    for (const [key, node] of graph) if (node.edges.some(({ to }) => finished.has(to))) finished.add(key);
  }
  return {
    states: graph.size,
    transitions: nodes.reduce((sum, node) => sum + node.edges.length, 0),
    outcomes,
    deadlocks: ends.filter(([, node]) => !isFinished(node)).length,
    deadlockCost:
      deadlockCost === null
        ? null
        : {
            preemptions: Math.floor(deadlockCost / PREEMPTION),
            switches: Math.floor((deadlockCost % PREEMPTION) / SWITCH),
            steps: deadlockCost % SWITCH,
          },
    interleavings: total,
    canAlwaysFinish: finished.size === graph.size,
  };
}

/** Walks every interleaving, one by one; the passes over the graph must have come to the same numbers. */
function enumerateAndCompare(
  graph: Map<string, Node>,
  start: string,
  outcomes: Map<string, BruteOutcome>,
  total: bigint,
): void {
  const walked = new Map<string, { count: bigint; preemptions: number }>();
  let all = 0n;
  const walk = (key: string, last: number, preemptions: number): void => {
    const node = graph.get(key) as Node;
    for (const { thread, to } of node.edges) walk(to, thread, preemptions + preemption(node, last, thread));
    if (node.edges.length > 0) return;
    all++;
    if (node.state.runs.some((run) => run.pending !== undefined)) return;
    const outcome = outcomeKey(node.state);
    const known = walked.get(outcome);
    walked.set(outcome, {
      count: (known?.count ?? 0n) + 1n,
      preemptions: Math.min(known?.preemptions ?? preemptions, preemptions),
    });
  };
  walk(start, -1, 0);
  if (all !== total || walked.size !== outcomes.size) throw new Error('brute force disagrees with itself');
  for (const [outcome, { count, preemptions }] of walked) {
    const graphs = outcomes.get(outcome);
    if (graphs?.interleavings !== count || graphs.minPreemptions !== preemptions) {
      throw new Error('brute force disagrees with itself');
    }
  }
}

function pathCounts(graph: Map<string, Node>, start: string): { hasCycle: boolean; count(key: string): bigint | null } {
  // A state is behind a cycle if some state that reaches itself reaches it.
  const incoming = new Map<string, string[]>();
  for (const [key, node] of graph) {
    for (const { to } of node.edges) incoming.set(to, [...(incoming.get(to) ?? []), key]);
  }
  const counts = new Map<string, bigint | null>();
  const infinite = new Set<string>();
  for (const [key, node] of graph) {
    const seen = new Set<string>();
    const queue = node.edges.map(({ to }) => to);
    for (const at of queue) {
      if (seen.has(at)) continue;
      seen.add(at);
      queue.push(...(graph.get(at) as Node).edges.map(({ to }) => to));
    }
    if (seen.has(key)) for (const at of seen) infinite.add(at);
  }
  const count = (key: string): bigint | null => {
    if (infinite.has(key)) return null;
    const known = counts.get(key);
    if (known !== undefined) return known;
    let sum = key === start ? 1n : 0n;
    for (const from of incoming.get(key) ?? []) sum += count(from) as bigint;
    counts.set(key, sum);
    return sum;
  };
  return { hasCycle: infinite.size > 0, count };
}

/** Weights that make one number of a cost: preemptions first, then switches, then steps. */
const SWITCH = 1000;
const PREEMPTION = 1000 * SWITCH;

/** The cheapest way to each state, by relaxing every edge until nothing changes. */
function relaxedCosts(graph: Map<string, Node>, start: string): Map<string, number> {
  const costs = new Map<string, number>([[`${start} -1`, 0]]);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [key, node] of graph) {
      for (let last = -1; last < node.state.runs.length; last++) {
        const cost = costs.get(`${key} ${last}`);
        if (cost === undefined) continue;
        for (const { thread, to } of node.edges) {
          const switched = last >= 0 && last !== thread ? SWITCH : 0;
          const next = cost + 1 + switched + preemption(node, last, thread) * PREEMPTION;
          const at = `${to} ${thread}`;
          if (next < (costs.get(at) ?? Number.POSITIVE_INFINITY)) {
            costs.set(at, next);
            changed = true;
          }
        }
      }
    }
  }
  const cheapest = new Map<string, number>();
  for (const [at, cost] of costs) {
    const key = at.slice(0, at.lastIndexOf(' '));
    cheapest.set(key, Math.min(cheapest.get(key) ?? cost, cost));
  }
  return cheapest;
}
