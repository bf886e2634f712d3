import { createVm, initMemslot, initVm, type MemslotSpec } from '../mmu/create-vm.ts';
import { X86_64 } from '../mmu/geometry.ts';
import { addMemslot } from '../mmu/memslot-update.ts';
import type { Rules } from '../mmu/rules.ts';
import { enterGuest, leaveGuest } from '../mmu/vcpu.ts';
import { VCPU_STATE_STRIDE, type Vm } from '../mmu/vm.ts';
import { PAGE_BYTES } from '../notifier/byte-range.ts';
import type { KernelTrace, TraceMemslot } from '../scenario/kernel-trace.ts';
import { InputError } from '../shared/input-error.ts';
import { LayoutBuilder } from '../shared/layout.ts';
import type { Word } from '../shared/memory.ts';
import { SequentialMemory } from '../shared/sequential-memory.ts';
import { LEGACY, LEGACY_ACCESS_TRACK } from '../shared/spte.ts';
import { WAITER_WORDS } from '../shared/thread-memory.ts';
import { SequentialOracle } from '../verify/sequential-oracle.ts';
import { FaultCounter } from './fault-counter.ts';

/** Enough for the one slot of a trace in which vCPUs stay in the guest. */
const TLB_ENTRIES = 256;

/** The machine on which a trace was recorded, as the model has it, with everything in the state it had at first. */
export interface TraceMachine {
  readonly vm: Vm;
  readonly m: SequentialMemory;
  readonly words: Int32Array;
  /** The thread that plays the host and the VMM. */
  readonly host: number;
  /** Words for a dirty log that is handed out. */
  readonly dirtyLog: Word;
  readonly counter: FaultCounter;
  readonly oracle: SequentialOracle;
  /** Index of the model's slot for each slot number of the trace. */
  readonly slotIndex: ReadonlyMap<number, number>;
}

export function createTraceMachine(trace: KernelTrace, rules: Rules): TraceMachine {
  const { config } = trace;
  const slots = slotsOf(trace);
  const slotIndex = new Map(slots.map(({ slot }, index) => [slot, index]));
  const layout = new LayoutBuilder();
  const waiters = layout.region({ name: 'waiters', count: WAITER_WORDS, wordClass: 'shared', meaning: 'nobody waits' });
  const host = config.vcpus;
  const vm = createVm(layout, {
    geometry: X86_64,
    rules,
    spte: config.adBits ? LEGACY : LEGACY_ACCESS_TRACK,
    slots: slots.map(memslotSpec),
    vcpus: config.vcpus,
    threads: config.vcpus + 1,
    pages: Math.max(1, ...slots.map(({ hvaPage, pages }) => hvaPage + pages)),
    tlbEntries: config.spin ? TLB_ENTRIES : 0,
    machine: {
      adBits: config.adBits,
      tdpMmu: config.tdpMmu,
      npt: config.npt,
      nested: config.nested,
      hugePages: config.backing === 'thp',
      memslotsChange: true,
      manualDirtyProtect: config.manualDirtyProtect !== 0,
      dirtyLogInitiallySet: (config.manualDirtyProtect & 2) !== 0,
      entryFlushesTlb: true,
    },
  });
  const dirtyLog = layout.region({
    name: 'dirtyLog',
    count: vm.dirtyBitmapWords,
    wordClass: 'private',
    owner: 'the VMM',
    meaning: 'the dirty log that was handed out last',
  });
  const { wordCount } = layout.build();
  const words = new Int32Array(new SharedArrayBuffer(wordCount * Int32Array.BYTES_PER_ELEMENT));
  const counter = new FaultCounter();
  const oracle = new SequentialOracle(vm.pages, vm.entries);
  const sink = { note: (event: number, page: number, value: number) => observe(counter, oracle, event, page, value) };
  const m = new SequentialMemory(words, { waiters, sink, waitBoundMs: 1 });
  m.onWait = (word) => {
    // A vCPU that is wanted out of the guest leaves it.
    const vcpu = (word - vm.vcpuStates) / VCPU_STATE_STRIDE;
    if (Number.isInteger(vcpu) && vcpu >= 0 && vcpu < vm.vcpus) leaveGuest(m, vm, vcpu);
  };
  initVm(m, vm);
  // Host memory starts absent.
  m.fill(vm.hostPtes, vm.pages, 0);
  config.memslots.forEach((slot) => {
    initMemslot(m, vm, slotIndex.get(slot.slot) as number, memslotSpec(slot));
  });
  // The recorder's guests have booted: each vCPU has a root.
  for (let vcpu = 0; vcpu < vm.vcpus; vcpu++) {
    enterGuest(m, vm, vcpu);
    leaveGuest(m, vm, vcpu);
  }
  return { vm, m, words, host, dirtyLog, counter, oracle, slotIndex };
}

function observe(counter: FaultCounter, oracle: SequentialOracle, event: number, page: number, value: number): void {
  counter.note(event, page, value);
  if (page >= 0) oracle.note(event, page, value);
}

/** Makes a slot that the trace adds. */
export function addTraceSlot(machine: TraceMachine, slot: TraceMemslot): void {
  const { gfn, page, pages } = memslotSpec(slot);
  addMemslot(machine.m, machine.vm, machine.slotIndex.get(slot.slot) as number, gfn, page, pages, 0, slot.log);
}

function memslotSpec(slot: TraceMemslot): MemslotSpec {
  return { gfn: slot.gpaStart / PAGE_BYTES, page: slot.hvaPage, pages: slot.pages, logsDirty: slot.log };
}

/** Every slot that there ever is, each as large as it ever gets. */
function slotsOf(trace: KernelTrace): TraceMemslot[] {
  const slots = new Map<number, TraceMemslot>();
  const added = trace.operations.flatMap((operation) =>
    operation.op === 'addSlot' ? [{ ...operation, log: false }] : [],
  );
  for (const slot of [...trace.config.memslots, ...added]) {
    const known = slots.get(slot.slot);
    if (known === undefined || known.pages < slot.pages) slots.set(slot.slot, slot);
  }
  if (slots.size === 0) throw new InputError(`${trace.file}:1: no memslots; accepted: at least one`);
  return [...slots.values()];
}
