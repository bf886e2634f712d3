import type { Invariant } from '../explore/machine.ts';
import type { Program } from '../explore/program.ts';
import { QuietMemory, WordRoles } from '../explore/quiet-words.ts';
import { rcuMonitor } from '../explore/rcu-monitor.ts';
import type { Rules } from '../mmu/rules.ts';
import { leaveGuest } from '../mmu/vcpu.ts';
import type { Vm } from '../mmu/vm.ts';
import { agingTakesTurns } from '../notifier/aging.ts';
import { hostPopulate } from '../notifier/host-memory.ts';
import { performOperation } from '../scenario/perform-operation.ts';
import type { Scenario, ScenarioOperation } from '../scenario/scenario.ts';
import {
  type Actor,
  createScenarioVm,
  createSetupMemory,
  type OneVm,
  type ScenarioVm,
} from '../scenario/scenario-machine.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import { HarnessError } from '../shared/harness-error.ts';
import { InputError } from '../shared/input-error.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { Oops } from '../shared/oops.ts';
import { createAgingMonitor, MAX_CALLERS } from '../verify/aging-monitor.ts';
import { createDirtyMonitor } from '../verify/dirty-monitor.ts';
import { createFlagsMonitor } from '../verify/flags-monitor.ts';
import { createFrozenSpteMonitor } from '../verify/frozen-spte-monitor.ts';
import { invalidationMonitor } from '../verify/invalidation-monitor.ts';
import { kernelComplaints } from '../verify/kernel-complaints.ts';
import { LockTracker } from '../verify/lock-tracker.ts';
import type { Breach, Monitor } from '../verify/monitor.ts';
import { malformedSpte } from '../verify/well-formed-sptes.ts';
import { continueFrom, SetupGhosts } from './setup-ghosts.ts';

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

const AGING_EVENTS = [
  GhostEvent.accessBegin,
  GhostEvent.accessEnd,
  GhostEvent.tlbHit,
  GhostEvent.testedYoung,
  GhostEvent.clearedYoung,
  GhostEvent.zapEnd,
  GhostEvent.callBegin,
  GhostEvent.callEnd,
  GhostEvent.prefaultRewrote,
  GhostEvent.ageGaveUp,
  GhostEvent.nonatomicUpdate,
  GhostEvent.leafSplit,
  GhostEvent.leafCollapsed,
  GhostEvent.rootInvalidateBegin,
  GhostEvent.rootInvalidateEnd,
];
const FLAGS_EVENTS = [
  GhostEvent.callBegin,
  GhostEvent.testedYoung,
  GhostEvent.clearedYoung,
  GhostEvent.callFlags,
  GhostEvent.callEnd,
];
const INVALIDATION_EVENTS = [GhostEvent.revoked, GhostEvent.accessEnd, GhostEvent.tlbHit];
/** Only where aging stores plainly while others zap. */
const STORE_EVENTS = [GhostEvent.spteStored, GhostEvent.zapEnd];
const DIRTY_EVENTS = [
  GhostEvent.accessBegin,
  GhostEvent.accessEnd,
  GhostEvent.tlbWrote,
  GhostEvent.madeWritable,
  GhostEvent.handOutBegin,
  GhostEvent.handOutEnd,
  GhostEvent.loggingBegun,
  GhostEvent.loggingEnded,
  GhostEvent.pmlFlushed,
  GhostEvent.shadowProtectBegin,
  GhostEvent.shadowProtectEnd,
];
const RCU_EVENTS = [
  GhostEvent.rcuReadLock,
  GhostEvent.rcuReadUnlock,
  GhostEvent.tableRetired,
  GhostEvent.tableRecycled,
  GhostEvent.tableEntered,
];

/** What an operation returns in which the kernel crashes. */
const OOPS = 'oops';

const AGES: ReadonlySet<ScenarioOperation['op']> = new Set([
  'testYoung',
  'clearYoung',
  'clearFlushYoung',
  'damonMkold',
  'lruWalk',
  'lruEvict',
]);
const TAKES_BACK: ReadonlySet<ScenarioOperation['op']> = new Set(['invalidate', 'hostWrite', 'hostProtect', 'write']);
const RETIRES_TABLES: ReadonlySet<ScenarioOperation['op']> = new Set([
  'zapAll',
  'deleteMemslot',
  'dropShadowPages',
  'recoverHuge',
  'putRoot',
  'dirtyLogOff',
]);

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

interface WatchingMonitor {
  readonly monitor: Monitor;
  readonly events: readonly number[];
}

/** The monitors that the scenario's operations give something to watch, each with the events that it needs. */
function monitorsFor(machine: ScenarioVm, scenario: Scenario): WatchingMonitor[] {
  // What virtual machines of one host may differ in, `machine.vms` is asked for.
  const { vm } = machine.vms[0] as OneVm;
  const all = [
    ...scenario.setup.map(({ operation }) => operation),
    ...scenario.threads.flatMap(({ operations }) => operations),
  ].map(({ op }) => op);
  const monitors: WatchingMonitor[] = [];
  if (all.some((op) => AGES.has(op))) {
    const callers = scenario.threads.flatMap(({ operations }, index) =>
      operations.some(({ op }) => AGES.has(op)) ? [index] : [],
    );
    if (callers.length > MAX_CALLERS) {
      throw new InputError(`${scenario.file ?? scenario.name}: accepted: at most ${MAX_CALLERS} threads that age`);
    }
    const options = {
      pages: vm.pages,
      // Calls of the setup are over when the threads begin: they use the place of one of theirs.
      callers: callers.length === 0 ? [scenario.threads.length] : callers,
      pagesPerLargeLeaf: vm.entries,
      skipsInvalidRoots: !vm.rules.agesInvalidRoots,
      passesAccessedOn: vm.rules.passesAccessedOn,
      toleratesNonatomicAccessed: vm.rules.atomicUpdate === 'spte_needs_atomic_update',
    };
    const teardowns = agingTakesTurns(vm) ? [] : [GhostEvent.teardownBegin, GhostEvent.teardownEnd];
    const emulations = all.includes('deleteMemslot') ? [GhostEvent.faultEnd] : [];
    monitors.push({ monitor: createAgingMonitor(options), events: [...AGING_EVENTS, ...teardowns, ...emulations] });
    monitors.push({ monitor: createFlagsMonitor(vm.pages), events: FLAGS_EVENTS });
  }
  const complaints = scenario.machine.lockdep
    ? [GhostEvent.kernelWarning, GhostEvent.lockMisuse]
    : [GhostEvent.kernelWarning];
  monitors.push({ monitor: kernelComplaints, events: complaints });
  const storesRace = !agingTakesTurns(vm) && vm.rules.clearsAccessedBy !== 'atomic-and';
  if (all.some((op) => TAKES_BACK.has(op)))
    monitors.push({
      monitor: invalidationMonitor,
      events: storesRace ? [...INVALIDATION_EVENTS, ...STORE_EVENTS] : INVALIDATION_EVENTS,
    });
  const logging = machine.vms.find((one) => one.vm.machine.memslotsChange)?.vm;
  if (logging !== undefined || all.includes('protectShadow')) {
    const writeProtects = logging?.machine.pml !== true;
    const options = { pages: vm.pages, writeProtects, aliased: aliasedPages(scenario) };
    monitors.push({ monitor: createDirtyMonitor(options), events: DIRTY_EVENTS });
  }
  if (all.some((op) => RETIRES_TABLES.has(op))) monitors.push({ monitor: rcuMonitor, events: RCU_EVENTS });
  const threadName = (thread: number): string => scenario.threads[thread]?.name ?? 'the setup';
  for (const one of machine.vms) {
    const { tables, entries, tableCount, tablesBefore } = one.vm;
    const frozen = createFrozenSpteMonitor({ tables, entries, tableCount, tablesBefore, threadName });
    monitors.push({ monitor: frozen, events: [GhostEvent.tableRecycled] });
  }
  return monitors;
}

/** Host pages that more than one slot maps, of whichever virtual machine. */
function aliasedPages({ memslots }: Scenario): ReadonlySet<number> {
  const seen = new Set<number>();
  const aliased = new Set<number>();
  for (const { hva, pages } of memslots) {
    for (let page = hva; page < hva + pages; page++) (seen.has(page) ? aliased : seen).add(page);
  }
  return aliased;
}

/**
 * Runs the setup to its end, one operation after another, under the same monitors; the words as it leaves them, or undefined
 * if the kernel crashes on the way.
 */
function runSetup(
  machine: ScenarioVm,
  scenario: Scenario,
  actors: readonly Actor[],
  ghosts: SetupGhosts,
): Int32Array | undefined {
  const { vm } = machine.vms[0] as OneVm;
  const locks = new LockTracker();
  const note = (event: number, page: number, value: number): void => {
    const misuse = locks.note(event, value);
    if (misuse !== undefined && scenario.machine.lockdep) ghosts.note(GhostEvent.lockMisuse, page, misuse);
    ghosts.note(event, page, value);
  };
  const m = createSetupMemory(machine, { note });
  if (vm.machine.hugePages) hostPopulate(m, vm, 0, 0, vm.pages);
  for (const { hva, pages, log } of scenario.memslots) {
    for (let page = hva; log && page < hva + pages; page++) note(GhostEvent.loggingBegun, page, 0);
  }
  const callers = actors.flatMap((_, index) =>
    (scenario.threads[index]?.operations ?? []).some(({ op }) => AGES.has(op)) ? [index] : [],
  );
  for (const { thread, operation } of scenario.setup) {
    const actor = actorNamed(machine, thread);
    const index = actors.findIndex(({ name }) => name === actor.name);
    // Whoever is in the setup only has a number behind the threads; its aging calls use the place of one that ages.
    const ages = AGES.has(operation.op);
    ghosts.thread =
      ages && !callers.includes(index) ? (callers[0] ?? actors.length) : index < 0 ? actors.length : index;
    try {
      performOperation(m, machine, actor, operation);
    } catch (error) {
      if (error instanceof Oops) {
        const { property, page, message } = error;
        ghosts.breaches.push({ property, class: 'forbidden', reason: null, page, message });
        return undefined;
      }
      if (!(error instanceof HarnessError)) throw error;
      const place = `${scenario.file ?? scenario.name}:${operation.line}`;
      throw new InputError(`${place}: setup: ${operation.text} would block (${error.message})`, { cause: error });
    }
  }
  // A vCPU that is no thread has nobody to make it leave the guest.
  for (const one of machine.vms) {
    const { firstVcpu, vcpus } = one.vm;
    for (let vcpu = firstVcpu; vcpu < firstVcpu + vcpus; vcpu++) {
      const isThread = actors.some(({ isVcpu, thread }) => isVcpu && thread === vcpu);
      if (!isThread || !machine.staysInGuest) leaveGuest(m, one.vm, vcpu);
    }
  }
  return m.words;
}

function actorNamed(machine: ScenarioVm, name: string): Actor {
  return machine.actors.find((actor) => actor.name === name) as Actor;
}

/** Words of all tables; table 0 is none, and lies in front of them. */
function spteCount({ tableCount, entries }: Vm): number {
  return (tableCount + 1) * entries;
}

/** What is wrong with a word that is an SPTE; undefined if nothing is, or if it is none. */
function problemOfSpte({ vms }: ScenarioVm, word: Word, value: number): string | undefined {
  const owner = vms.find(({ vm }) => word >= vm.tables && word < vm.tables + spteCount(vm));
  return owner === undefined ? undefined : malformedSpte(owner.vm.spte, value);
}

/** `malformed-spte`. An SPTE that only one thread touches is in the state, too, once it takes a value that it may not have. */
function wellFormedSptes(machine: ScenarioVm): Invariant {
  const { vms, layout } = machine;
  return {
    name: 'malformed-spte',
    holds(words) {
      for (const { vm } of vms) {
        for (let word = vm.tables; word < vm.tables + spteCount(vm); word++) {
          const problem = malformedSpte(vm.spte, words[word] as number);
          if (problem === undefined) continue;
          return `${layout.nameOf(word, (other) => words[other] as number)} is ${problem}`;
        }
      }
      return true;
    },
  };
}
