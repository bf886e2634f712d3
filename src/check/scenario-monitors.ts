import { rcuMonitor } from '../explore/rcu-monitor.ts';
import { agingTakesTurns } from '../notifier/aging.ts';
import type { Scenario, ScenarioOperation } from '../scenario/scenario.ts';
import type { OneVm, ScenarioVm } from '../scenario/scenario-machine.ts';
import { GhostEvent } from '../shared/ghost-event.ts';
import { InputError } from '../shared/input-error.ts';
import { createAgingMonitor, MAX_CALLERS } from '../verify/aging-monitor.ts';
import { createDirtyMonitor } from '../verify/dirty-monitor.ts';
import { createFlagsMonitor } from '../verify/flags-monitor.ts';
import { createFrozenSpteMonitor } from '../verify/frozen-spte-monitor.ts';
import { invalidationMonitor } from '../verify/invalidation-monitor.ts';
import { kernelComplaints } from '../verify/kernel-complaints.ts';
import type { Monitor } from '../verify/monitor.ts';
import { isAgingCall, threadsThatAge } from './aging-calls.ts';

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

const TAKES_BACK: ReadonlySet<ScenarioOperation['op']> = new Set(['invalidate', 'hostWrite', 'hostProtect', 'write']);
const RETIRES_TABLES: ReadonlySet<ScenarioOperation['op']> = new Set([
  'zapAll',
  'deleteMemslot',
  'dropShadowPages',
  'recoverHuge',
  'putRoot',
  'dirtyLogOff',
]);

export interface WatchingMonitor {
  readonly monitor: Monitor;
  readonly events: readonly number[];
}

/** The monitors that the scenario's operations give something to watch, each with the events that it needs. */
export function monitorsFor(machine: ScenarioVm, scenario: Scenario): WatchingMonitor[] {
  // What virtual machines of one host may differ in, `machine.vms` is asked for.
  const { vm } = machine.vms[0] as OneVm;
  const all = [
    ...scenario.setup.map(({ operation }) => operation),
    ...scenario.threads.flatMap(({ operations }) => operations),
  ].map(({ op }) => op);
  const monitors: WatchingMonitor[] = [];
  if (all.some(isAgingCall)) {
    const callers = threadsThatAge(scenario);
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
