import { createQueuedSpinlock, type QueuedSpinlock } from '../locks/queued-spinlock.ts';
import { LRU_BATCH_WORDS } from '../lru/age-in-batches.ts';
import { createVm, initMemslot, initVm, type VmConfig } from '../mmu/create-vm.ts';
import type { Geometry } from '../mmu/geometry.ts';
import type { Rules } from '../mmu/rules.ts';
import { leaveGuest } from '../mmu/vcpu.ts';
import { type Mm, VCPU_STATE_STRIDE, type Vm } from '../mmu/vm.ts';
import { PAGE_BYTES } from '../notifier/byte-range.ts';
import { bitmapWords } from '../shared/bitmap.ts';
import type { GhostSink } from '../shared/ghost-sink.ts';
import { InputError } from '../shared/input-error.ts';
import { type Layout, LayoutBuilder } from '../shared/layout.ts';
import type { Word } from '../shared/memory.ts';
import { PrefixedLayout } from '../shared/prefixed-layout.ts';
import { SequentialMemory } from '../shared/sequential-memory.ts';
import { EPT, LEGACY } from '../shared/spte.ts';
import { WAITER_WORDS } from '../shared/thread-memory.ts';
import type { Scenario, ScenarioMemslot, ScenarioOperation, ThreadOperation, ThreadPlace } from './scenario.ts';

/** Who performs an operation. */
export interface Actor {
  readonly name: string;
  /** Number of the thread for locks and sections, in every virtual machine. */
  readonly thread: number;
  readonly isVcpu: boolean;
  /** Whose vCPU or VMM it is. To the host's own operations any machine of the process stands for all. */
  readonly own: OneVm;
}

/** One virtual machine, with what only its VMM needs. */
export interface OneVm {
  readonly vm: Vm;
  /** All that there may be; their indexes are those of the protocol. */
  readonly slots: readonly ScenarioMemslot[];
  /** slots_lock: memslots and dirty logs are one VMM call's at a time. */
  readonly slotsLock: QueuedSpinlock;
}

/** The machine of a scenario: its words, and what its threads' operations need to know. Nothing in it changes. */
export interface ScenarioVm {
  /** By number. */
  readonly vms: readonly OneVm[];
  readonly layout: Layout;
  readonly scenario: Scenario;
  /** All who act, in the threads or in the setup; vCPUs first. */
  readonly actors: readonly Actor[];
  /** vCPUs stay in the guest between operations. */
  readonly staysInGuest: boolean;
  /** Host virtual pages 0 … pages-1. */
  readonly pages: number;
  readonly waiters: Word;
  readonly bitmaps: Word;
  readonly bitmapWords: number;
  /** `LRU_BATCH_WORDS` words a thread. */
  readonly lruBatches: Word;
  readonly dirtyLogs: Word;
  readonly dirtyLogWords: number;
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
  checkArchitecture(scenario, rules);
  const performed = performedBy(scenario);
  const places = placesOf(performed);
  const vcpus = Array.from({ length: machine.vms }, (_, vm) => vcpusOf(places, vm));
  const firstVcpus = vcpus.map((_, vm) => sum(vcpus.slice(0, vm)));
  const hosts = [...places].filter(([, { vcpu }]) => vcpu === null).map(([name]) => name);
  const threads = sum(vcpus) + hosts.length;
  const pages = Math.max(
    ...memslots.map(({ hva, pages: count }) => hva + count),
    ...performed.map(({ operation }) => endOfHostRange(operation)),
  );
  const layout = new LayoutBuilder();
  const waiters = layout.region({ name: 'waiters', count: WAITER_WORDS, wordClass: 'shared', meaning: 'who waits' });
  const vms: OneVm[] = [];
  for (let number = 0; number < machine.vms; number++) {
    const own = performed.filter(({ vm }) => vm === number).map(({ operation }) => operation);
    const config = { rules, vcpus: vcpus[number] as number, threads, pages };
    vms.push(createOneVm(layout, scenario, number, own, config, vms[0]?.vm.mm));
  }
  const perThread = (name: string, words: number, meaning: string): Word =>
    layout.region({ name, count: threads * words, wordClass: 'private', owner: 'each thread', meaning });
  const dirtyLogWords = Math.max(...vms.map(({ vm }) => vm.dirtyBitmapWords));
  const built = {
    vms,
    scenario,
    actors: [...places].map(([name, { vm, vcpu }]) => ({
      name,
      thread: vcpu === null ? sum(vcpus) + hosts.indexOf(name) : (firstVcpus[vm] as number) + vcpu,
      isVcpu: vcpu !== null,
      own: vms[vm] as OneVm,
    })),
    staysInGuest: machine.vcpuMode === 'guest',
    pages,
    waiters,
    bitmaps: perThread('bitmap', bitmapWords(pages), 'pages of an aging call, bit 0 the last one'),
    bitmapWords: bitmapWords(pages),
    lruBatches: perThread('lruBatch', LRU_BATCH_WORDS, "MGLRU's own bitmap, in version 3"),
    dirtyLogs: perThread('dirtyLog', dirtyLogWords, 'the dirty log that was handed out last'),
    dirtyLogWords,
  };
  return Object.freeze({ ...built, layout: layout.build() });
}

/** What the words of a virtual machine are called begins with this; nothing for the first. */
function prefixOfVm(vm: number): string {
  return vm === 0 ? '' : `vm${vm}.`;
}

/** The number of the virtual machine that a region or a word belongs to by its name, and the name within it. */
export function splitWordName(name: string): { readonly vm: number; readonly local: string } {
  const [, vm, local] = /^vm(\d+)\.(.*)$/.exec(name) ?? [];
  return local === undefined ? { vm: 0, local: name } : { vm: Number(vm), local };
}

/** @param own what its threads do */
function createOneVm(
  whole: LayoutBuilder,
  { machine, memslots }: Scenario,
  number: number,
  own: readonly ScenarioOperation[],
  config: Pick<VmConfig, 'rules' | 'vcpus' | 'threads' | 'pages'>,
  mm: Mm | undefined,
): OneVm {
  const geometry = geometryOf({ machine, memslots });
  const slots = memslots.filter(({ vm }) => vm === number);
  const memslotsChange = slots.some(({ log }) => log) || own.some(({ op }) => CHANGES_MEMSLOTS.has(op));
  const layout = number === 0 ? whole : new PrefixedLayout(whole, prefixOfVm(number));
  const spec: VmConfig = {
    ...config,
    geometry,
    spte: machine.layout === 'ept' ? EPT : LEGACY,
    slots: slots.map(({ gfn, hva, pages: count, as }) => ({
      gfn,
      page: hva,
      pages: count,
      addressSpace: as === 1 ? 1 : 0,
    })),
    tlbEntries: machine.tlb === 'cached' ? geometry.entries : 0,
    machine: {
      adBits: machine.adBits,
      tdpMmu: machine.tdpMmu,
      nested: own.some(({ op }) => NEEDS_SHADOW_PAGES.has(op)),
      hugePages: machine.hugePages,
      memslotsChange,
      addressSpaces: machine.addressSpaces,
      manualDirtyProtect: machine.manualDirtyProtect,
      // As KVM does on Intel: with A/D bits of EPT, dirt is logged by page-modification logging.
      pml: memslotsChange && machine.layout === 'ept' && machine.adBits,
    },
  };
  const vm = createVm(layout, spec, mm);
  return Object.freeze({ vm, slots, slotsLock: createQueuedSpinlock(layout, 'slotsLock', config.threads) });
}

/** What arm64 had at the time has neither shadow pages nor A/D bits that can be turned off. */
function checkArchitecture(scenario: Scenario, rules: Rules): void {
  if (rules.fastPass !== 'read-lock') return;
  const { machine } = scenario;
  const nested = performedBy(scenario).find(({ operation }) => NEEDS_SHADOW_PAGES.has(operation.op))?.operation;
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
  const { vms, layout } = machine;
  const words = new Int32Array(new SharedArrayBuffer(layout.wordCount * Int32Array.BYTES_PER_ELEMENT));
  const m = new SequentialMemory(words, { waiters: machine.waiters, sink, waitBoundMs: 1, layout });
  m.onWait = (word) => {
    // A vCPU that is wanted out of the guest leaves it.
    for (const { vm } of vms) {
      const vcpu = (word - vm.vcpuStates) / VCPU_STATE_STRIDE;
      if (Number.isInteger(vcpu) && vcpu >= vm.firstVcpu && vcpu < vm.firstVcpu + vm.vcpus) leaveGuest(m, vm, vcpu);
    }
  };
  for (const { vm, slots } of vms) {
    initVm(m, vm);
    slots.forEach(({ gfn, hva, pages, as, log }, index) => {
      initMemslot(m, vm, index, { gfn, page: hva, pages, addressSpace: as === 1 ? 1 : 0, logsDirty: log });
    });
  }
  const [{ vm }] = vms as [OneVm];
  if (vm.machine.hugePages) {
    // Host memory is there, by 2M pages where it can be.
    m.fill(vm.hostPtes, vm.pages, 0);
  }
  return m;
}

/** All operations, those of the threads first. */
function performedBy({ setup, threads }: Scenario): readonly ThreadOperation[] {
  return [
    ...threads.flatMap(({ name, vm, vcpu, operations }) =>
      operations.map((operation) => ({ thread: name, vm, vcpu, operation })),
    ),
    ...setup,
  ];
}

/** Who each name is, in the order in which they are named. */
function placesOf(performed: readonly ThreadOperation[]): ReadonlyMap<string, ThreadPlace> {
  const places = new Map<string, ThreadPlace>();
  for (const { thread, vm, vcpu } of performed) if (!places.has(thread)) places.set(thread, { vm, vcpu });
  return places;
}

/** Each machine has at least one vCPU. */
function vcpusOf(places: ReadonlyMap<string, ThreadPlace>, vm: number): number {
  return Math.max(
    1,
    ...[...places.values()].map((place) => (place.vm === vm && place.vcpu !== null ? place.vcpu + 1 : 0)),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Two levels, as small as the frames allow; with huge pages as many levels of two entries as it takes. */
function geometryOf({
  memslots,
  machine,
}: Pick<Scenario, 'memslots' | 'machine'>): Geometry & { readonly entries: number } {
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
