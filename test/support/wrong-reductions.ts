import { commutes } from '../../src/explore/commutation.ts';
import { BREACHES, type Machine } from '../../src/explore/machine.ts';

/**
 * Two well-known ways to get sleep sets wrong, as deliberate mutants: the differential test must find that each loses
 * states. Written for brevity, on maps.
 */
export type WrongReduction = 'prune-visited' | 'sleep-explored-on-revisit';

/** How many states the wrong search finds. */
export function statesFoundBy(machine: Machine, mutant: WrongReduction): number {
  return mutant === 'prune-visited' ? pruneVisited(machine) : sleepExplored(machine);
}

interface Visit {
  readonly row: readonly number[];
  readonly asleep: number;
}

/**
 * Never visits a state twice, whoever slept at its first visit, and takes the waiting states in no particular order,
 * as parallel workers do. (In strict first-in-first-out order this loses nothing: if `m` sleeps in `s`, the state
 * behind `m` has been found before `s` is expanded, by induction over the queue. The order is what breaks it.)
 */
function pruneVisited(machine: Machine): number {
  const start = [machine.initialStore, ...machine.roots];
  const visited = new Set([start.join()]);
  const waiting: Visit[] = [{ row: start, asleep: 0 }];
  for (let turn = 0; waiting.length > 0; turn++) {
    const [visit] = waiting.splice((turn * 7) % waiting.length, 1);
    const { row, asleep } = visit as Visit;
    let sleeping = asleep;
    for (const thread of rotated(enabledThreads(machine, row), turn)) {
      if (((sleeping >> thread) & 1) === 1) continue;
      for (const [next, asleepThere] of steps(machine, row, thread, sleeping)) {
        if (visited.has(next.join())) continue;
        visited.add(next.join());
        waiting.push({ row: next, asleep: asleepThere });
      }
      sleeping |= 1 << thread;
    }
  }
  return visited.size;
}

/** On a revisit, also sends those threads to sleep that the first visit has explored. */
function sleepExplored(machine: Machine): number {
  const start = [machine.initialStore, ...machine.roots];
  const asleepAt = new Map<string, number>([[start.join(), 0]]);
  let turn = 0;
  const visit = (row: readonly number[], todo: readonly number[], asleep: number): void => {
    let sleeping = asleep;
    for (const thread of rotated(todo, turn++)) {
      for (const [next, asleepThere] of steps(machine, row, thread, sleeping)) {
        const key = next.join();
        const enabled = enabledThreads(machine, next);
        const before = asleepAt.get(key);
        if (before === undefined) {
          asleepAt.set(key, asleepThere);
          const awake = enabled.filter((one) => ((asleepThere >> one) & 1) === 0);
          visit(next, awake, asleepThere);
          continue;
        }
        const woken = enabled.filter((one) => ((before >> one) & 1) === 1 && ((asleepThere >> one) & 1) === 0);
        if (woken.length === 0) continue;
        asleepAt.set(key, before & asleepThere);
        const explored = enabled.filter((one) => ((before >> one) & 1) === 0);
        visit(
          next,
          woken,
          explored.reduce((mask, one) => mask | (1 << one), before & asleepThere),
        );
      }
      sleeping |= 1 << thread;
    }
  };
  visit(start, enabledThreads(machine, start), 0);
  return asleepAt.size;
}

function rotated(threads: readonly number[], by: number): number[] {
  const start = threads.length === 0 ? 0 : by % threads.length;
  return [...threads.slice(start), ...threads.slice(0, start)];
}

function enabledThreads(machine: Machine, row: readonly number[]): number[] {
  const [store = 0, ...nodes] = row;
  return nodes.flatMap((node, thread) => {
    if (machine.trees.nodes.moves[node] === 0) return [];
    return machine.isEnabled(store, node) ? [thread] : [];
  });
}

/** The targets of the thread's moves, with who sleeps there. */
function steps(machine: Machine, row: readonly number[], thread: number, asleep: number): [number[], number][] {
  const [store = 0] = row;
  const node = row[1 + thread] as number;
  const count = machine.trees.nodes.moves[node] as number;
  return Array.from({ length: count }, (_, alternative) => {
    const at = machine.step(store, node + alternative);
    const next = [...row];
    next[0] = machine.cache[at + 2] as number;
    next[1 + thread] = (machine.cache[at + 3] as number) & ~BREACHES;
    let asleepThere = 0;
    row.slice(1).forEach((other, one) => {
      if (one !== thread && ((asleep >> one) & 1) === 1 && commutes(machine, store, node + alternative, other)) {
        asleepThere |= 1 << one;
      }
    });
    return [next, asleepThere];
  });
}
