import type { Program } from '../explore/program.ts';
import { QuietMemory, WordRoles } from '../explore/quiet-words.ts';
import type { Rules } from '../mmu/rules.ts';
import { leaveGuest } from '../mmu/vcpu.ts';
import { performOperation } from '../scenario/perform-operation.ts';
import type { Scenario, ScenarioOperation } from '../scenario/scenario.ts';
import { type Actor, createScenarioVm, type ScenarioVm } from '../scenario/scenario-machine.ts';
import type { Memory } from '../shared/memory.ts';
import { Oops } from '../shared/oops.ts';
import type { Breach } from '../verify/monitor.ts';
import { monitorsFor } from './scenario-monitors.ts';
import { actorNamed, runSetup } from './scenario-setup.ts';
import { continueFrom, SetupGhosts } from './setup-ghosts.ts';
import { problemOfSpte, wellFormedSptes } from './well-formed-tables.ts';

/** A scenario as a program of the explorer. */
export interface ScenarioProgram {
  readonly machine: ScenarioVm;
  readonly program: Program;
  readonly roles: WordRoles;
  /** Breaches that the setup alone has brought about. */
  readonly setupBreaches: readonly Breach[];
  /** For each thread, the operation in which its function last was. */
  readonly current: ScenarioOperation[];
}

/** What an operation returns in which the kernel crashes. */
const OOPS = 'oops';

/**
 * Makes the program of a scenario under a rule set: its machine, its setup done, its threads, and the properties that its
 * operations could violate.
 *
 * @throws InputError if the setup would block, or the scenario needs what is not modelled
 */
export function scenarioProgram(scenario: Scenario, rules: Rules): ScenarioProgram {
  const machine = createScenarioVm(scenario, rules);
  const actors = scenario.threads.map(({ name }) => actorNamed(machine, name));
  const monitors = monitorsFor(machine, scenario);
  const ghosts = new SetupGhosts(monitors.map(({ monitor }) => monitor));
  const words = runSetup(machine, scenario, actors, ghosts);
  const initial = Int32Array.from(words ?? [0]);
  const roles = new WordRoles(initial, (word, value) => problemOfSpte(machine, word, value) !== undefined);
  const watched = new Set<number>(monitors.flatMap(({ events }) => events));
  const current = scenario.threads.map(({ operations }) => operations[0] as ScenarioOperation);
  const resultIds = new Map<string, number>();
  const idOf = (result: string): number => {
    const known = resultIds.get(result) ?? resultIds.size;
    resultIds.set(result, known);
    return known;
  };
  const runThread = (inner: Memory, index: number): string[] => {
    // The kernel has crashed before the threads began.
    if (words === undefined) return [];
    const m = new QuietMemory(inner, roles, index, watched);
    const actor = actors[index] as Actor;
    const { operations } = scenario.threads[index] as Scenario['threads'][number];
    const results: string[] = [];
    operations.forEach((operation, place) => {
      // What follows depends on nothing but where the thread is and what it has returned so far.
      m.scope('operation', place, ...results.map(idOf));
      current[index] = operation;
      try {
        results.push(performOperation(m, machine, actor, operation));
      } catch (error) {
        if (error instanceof Oops) error.value = [...results, OOPS];
        throw error;
      }
    });
    m.scope('end', ...results.map(idOf));
    if (actor.isVcpu) leaveGuest(m, actor.own.vm, actor.thread);
    m.end();
    return results;
  };
  return {
    machine,
    roles,
    current,
    setupBreaches: ghosts.breaches,
    program: {
      initial,
      wordName: (word) => machine.layout.nameOf(word, (other) => initial[other] as number),
      threads: scenario.threads.map(({ name }, index) => ({ name, run: (m: Memory) => runThread(m, index) })),
      monitors: monitors.map(({ monitor }, index) => continueFrom(monitor, ghosts.of(index))),
      invariants: words === undefined ? [] : [wellFormedSptes(machine)],
    },
  };
}
