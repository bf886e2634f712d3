import { createQueuedSpinlock, type QueuedSpinlock } from '../locks/queued-spinlock.ts';
import { LRU_BATCH_WORDS } from '../lru/age-in-batches.ts';
import { createVm, initMemslot, initVm } from '../mmu/create-vm.ts';
import type { Geometry } from '../mmu/geometry.ts';
import type { Rules } from '../mmu/rules.ts';
import { leaveGuest } from '../mmu/vcpu.ts';
import { VCPU_STATE_STRIDE, type Vm } from '../mmu/vm.ts';
import { PAGE_BYTES } from '../notifier/byte-range.ts';
import { bitmapWords } from '../shared/bitmap.ts';
import type { GhostSink } from '../shared/ghost-sink.ts';
import { InputError } from '../shared/input-error.ts';
import { type Layout, LayoutBuilder } from '../shared/layout.ts';
import type { Word } from '../shared/memory.ts';
import { SequentialMemory } from '../shared/sequential-memory.ts';
import { EPT, LEGACY } from '../shared/spte.ts';
import { WAITER_WORDS } from '../shared/thread-memory.ts';
import type { Scenario, ScenarioMemslot, ScenarioOperation } from './scenario.ts';

/** Who performs an operation. */
export interface Actor {
  readonly name: string;
  /** Number of the thread for locks and sections; a vCPU's own number. */
  readonly thread: number;
  readonly isVcpu: boolean;
}

/** The machine of a scenario: its words, and what its threads' operations need to know. Nothing in it changes. */
export interface ScenarioVm {
  readonly vm: Vm;
  readonly layout: Layout;
  readonly scenario: Scenario;
  /** All who act, in the threads or in the setup; vCPUs first. */
  readonly actors: readonly Actor[];
  readonly slots: readonly ScenarioMemslot[];
  /** vCPUs stay in the guest between operations. */
  readonly staysInGuest: boolean;
  /** slots_lock: memslots and dirty logs are one VMM call's at a time. */
  readonly slotsLock: QueuedSpinlock;
  readonly waiters: Word;
  readonly bitmaps: Word;
  readonly bitmapWords: number;
  /** `LRU_BATCH_WORDS` words a thread. */
  readonly lruBatches: Word;
  readonly dirtyLogs: Word;
}

const CHANGES_MEMSLOTS: ReadonlySet<ScenarioOperation['op']> = new Set([
  'dirtyLogOn',
  'dirtyLogOff',
  'getDirtyLog',
  'clearDirtyLog',
  'addMemslot',
  'deleteMemslot',
]);

const NEEDS_SHADOW_PAGES: ReadonlySet<ScenarioOperation['op']> = new Set([
  'nestedRead',
  'nestedWrite',
  'createShadowRoot',
  'dropShadowPages',
]);

/** @throws InputError if the scenario needs what is not modelled */
export function createScenarioVm(scenario: Scenario, rules: Rules): ScenarioVm {
  const { machine, memslots } = scenario;
  if (machine.vms !== 1) throw new InputError(`${placeOf(scenario)}: machine.vms: accepted: 1`);
  checkArchitecture(scenario, rules);
  const operations = [
    ...scenario.setup.map(({ operation }) => operation),
    ...scenario.threads.flatMap((thread) => thread.operations),
  ];
  const actors = actorsOf(scenario);
  const vcpus = Math.max(1, actors.filter(({ isVcpu }) => isVcpu).length);
  const threads = Math.max(vcpus, ...actors.map(({ thread }) => thread + 1));
  const pages = Math.max(
    ...memslots.map(({ hva, pages: count }) => hva + count),
    ...operations.map((operation) => endOfHostRange(operation)),
  );
  const geometry = geometryOf(scenario);
  const memslotsChange = memslots.some(({ log }) => log) || operations.some(({ op }) => CHANGES_MEMSLOTS.has(op));
  const layout = new LayoutBuilder();
  const waiters = layout.region({ name: 'waiters', count: WAITER_WORDS, wordClass: 'shared', meaning: 'who waits' });
  const vm = createVm(layout, {
    geometry,
    rules,
    spte: machine.layout === 'ept' ? EPT : LEGACY,
    slots: memslots.map(({ gfn, hva, pages: count, as }) => ({
      gfn,
      page: hva,
      pages: count,
      addressSpace: as === 1 ? 1 : 0,
    })),
    vcpus,
    threads,
    pages,
    tlbEntries: machine.tlb === 'cached' ? geometry.entries : 0,
    machine: {
      adBits: machine.adBits,
      tdpMmu: machine.tdpMmu,
      nested: operations.some(({ op }) => NEEDS_SHADOW_PAGES.has(op)),
      hugePages: machine.hugePages,
      memslotsChange,
      addressSpaces: machine.addressSpaces,
      manualDirtyProtect: machine.manualDirtyProtect,
      // As KVM does on Intel: with A/D bits of EPT, dirt is logged by page-modification logging.
      pml: memslotsChange && machine.layout === 'ept' && machine.adBits,
    },
  });
  const perThread = (name: string, words: number, meaning: string): Word =>
    layout.region({ name, count: threads * words, wordClass: 'private', owner: 'each thread', meaning });
  const built = {
    vm,
    scenario,
    actors,
    slots: memslots,
    staysInGuest: machine.vcpuMode === 'guest',
    slotsLock: createQueuedSpinlock(layout, 'slotsLock', threads),
    waiters,
    bitmaps: perThread('bitmap', bitmapWords(pages), 'pages of an aging call, bit 0 the last one'),
    bitmapWords: bitmapWords(pages),
    lruBatches: perThread('lruBatch', LRU_BATCH_WORDS, "MGLRU's own bitmap, in version 3"),
    dirtyLogs: perThread('dirtyLog', vm.dirtyBitmapWords, 'the dirty log that was handed out last'),
  };
  return Object.freeze({ ...built, layout: layout.build() });
}

/** What arm64 had at the time has neither shadow pages nor A/D bits that can be turned off. */
function checkArchitecture(scenario: Scenario, rules: Rules): void {
  if (rules.fastPass !== 'read-lock') return;
  const { machine, setup, threads } = scenario;
  const operations = [...setup.map(({ operation }) => operation), ...threads.flatMap((thread) => thread.operations)];
  const nested = operations.find(({ op }) => NEEDS_SHADOW_PAGES.has(op));
  if (nested !== undefined) {
    throw new InputError(
      `${placeOf(scenario)}:${nested.line}: ${nested.op}: accepted: on x86; this variant is arm64's`,
    );
  }
  if (!machine.tdpMmu || !machine.adBits) {
    throw new InputError(`${placeOf(scenario)}: machine: accepted: tdpMmu and adBits true; this variant is arm64's`);
  }
}

/** A memory on which things happen one after another, with everything as it is at first. */
export function createSetupMemory(machine: ScenarioVm, sink: GhostSink): SequentialMemory {
  const { vm, layout, slots } = machine;
  const words = new Int32Array(new SharedArrayBuffer(layout.wordCount * Int32Array.BYTES_PER_ELEMENT));
  const m = new SequentialMemory(words, { waiters: machine.waiters, sink, waitBoundMs: 1, layout });
  m.onWait = (word) => {
    // A vCPU that is wanted out of the guest leaves it.
    const vcpu = (word - vm.vcpuStates) / VCPU_STATE_STRIDE;
    if (Number.isInteger(vcpu) && vcpu >= 0 && vcpu < vm.vcpus) leaveGuest(m, vm, vcpu);
  };
  initVm(m, vm);
  slots.forEach(({ gfn, hva, pages, as, log }, index) => {
    initMemslot(m, vm, index, { gfn, page: hva, pages, addressSpace: as === 1 ? 1 : 0, logsDirty: log });
  });
  if (vm.machine.hugePages) {
    // Host memory is there, by 2M pages where it can be.
    m.fill(vm.hostPtes, vm.pages, 0);
  }
  return m;
}

function actorsOf({ setup, threads }: Scenario): Actor[] {
  const names = new Map<string, number | null>();
  for (const { name, vcpu } of threads) names.set(name, vcpu);
  for (const { thread, vcpu } of setup) if (!names.has(thread)) names.set(thread, vcpu);
  const vcpus = [...names].filter(([, vcpu]) => vcpu !== null).map(([, vcpu]) => vcpu as number);
  let next = vcpus.length === 0 ? 1 : Math.max(...vcpus) + 1;
  return [...names].map(([name, vcpu]) => ({ name, thread: vcpu ?? next++, isVcpu: vcpu !== null }));
}

/** Two levels, as small as the frames allow; with huge pages as many levels of two entries as it takes. */
function geometryOf({ memslots, machine }: Scenario): Geometry & { readonly entries: number } {
  const frames = Math.max(...memslots.map(({ gfn, pages }) => gfn + pages));
  const bits = Math.max(2, Math.ceil(Math.log2(frames)));
  const entryBits = machine.hugePages ? 1 : Math.ceil(bits / 2);
  const levels = machine.hugePages ? bits : 2;
  return { levels, entryBits, entries: 2 ** bits };
}

function endOfHostRange(operation: ScenarioOperation): number {
  if (operation.op === 'prefault') return 1;
  if (operation.op === 'damonMkold') return Math.floor(operation.address / PAGE_BYTES) + 2;
  if (operation.op === 'lruEvict') return operation.page + 1;
  return 'end' in operation ? operation.end : 1;
}

function placeOf({ file, name }: Scenario): string {
  return file ?? name;
}
