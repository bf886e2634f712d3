import { guestAccess } from '../mmu/access.ts';
import { clearDirtyLog, getDirtyLog } from '../mmu/dirty-log.ts';
import { deleteMemslot, disableDirtyLogging, enableDirtyLogging } from '../mmu/memslot-update.ts';
import { slotGfn, slotPages } from '../mmu/memslots.ts';
import { preFaultMemory } from '../mmu/prefault.ts';
import { leaveGuest } from '../mmu/vcpu.ts';
import { L1, L2 } from '../mmu/vm.ts';
import type { AgingAnswer } from '../notifier/aging-answer.ts';
import { PAGE_BYTES } from '../notifier/byte-range.ts';
import {
  dontNeed,
  forkAndReap,
  freeLazily,
  hostPopulate,
  hostTouch,
  pageOut,
  protectAndUnprotect,
} from '../notifier/host-memory.ts';
import { mmuNotifierClearFlushYoung, mmuNotifierClearYoung, mmuNotifierTestYoung } from '../notifier/subscribers.ts';
import { type GfnRanges, toGfnRanges } from '../scenario/gfn-ranges.ts';
import type { KernelOperation, TraceMemslot } from '../scenario/kernel-trace.ts';
import type { SequentialFinding } from '../verify/sequential-oracle.ts';
import type { Comparison } from './comparison.ts';
import type { Inspector } from './inspect.ts';
import { addTraceSlot, type TraceMachine } from './trace-machine.ts';

const OUTSIDE_SLOTS = "the guest's own code and page tables, which are in no slot of the trace, may fault, too";
const TIMERS = 'timers cause exits that the model does not have';

type Operation<Op extends KernelOperation['op']> = Extract<KernelOperation, { op: Op }>;

/** Performs the operations of one trace on its machine, and tells what the model answers beside what the kernel did. */
export class Replay {
  /** What the oracle found in the operation that was performed last. */
  findings: SequentialFinding[] = [];
  readonly #machine: TraceMachine;
  readonly #inspector: Inspector;
  /** The last known number of exits of each vCPU, in traces in which vCPUs stay in the guest. */
  readonly #exits: number[] = [];
  /** Slots whose dirt is logged. The recorder gives a slot that it deletes and adds again the same flags. */
  readonly #logged = new Set<number>();
  /** vCPUs whose next access may run into faults on memory of theirs that is in no slot of the trace. */
  readonly #unmodelledFaults = new Set<string>();

  constructor(machine: TraceMachine, inspector: Inspector, memslots: readonly TraceMemslot[]) {
    for (const { slot, log } of memslots) if (log) this.#logged.add(slot);
    this.#machine = machine;
    this.#inspector = inspector;
    for (let vcpu = 0; vcpu < machine.vm.vcpus; vcpu++) this.#unmodelledFaults.add(`${vcpu} ${L2}`);
  }

  perform(operation: KernelOperation): readonly Comparison[] {
    this.#machine.counter.reset();
    this.findings = [];
    switch (operation.op) {
      case 'access':
        return this.#access(operation);
      case 'clearYoung':
        return this.#clearYoung(operation);
      case 'clearYoungHva':
        return this.#clearYoungHva(operation);
      case 'testYoung':
        return [compared('young', operation.young, this.#testYoung(operation.startGfn, operation.endGfn))];
      case 'sptes':
        return this.#sptes(operation);
      case 'unmap':
        return this.#unmap(operation);
      case 'mprotectCycle':
        this.#onPages(operation, protectAndUnprotect);
        return [this.#youngAfter(operation)];
      case 'madvise':
        return this.#madvise(operation);
      case 'fork':
        forkAndReap(this.#machine.m, this.#machine.vm, this.#machine.host);
        this.#everythingFaults();
        return [this.#youngAfter(operation)];
      case 'hostTouch':
        return this.#hostTouch(operation);
      case 'hostPopulate':
        hostPopulate(
          this.#machine.m,
          this.#machine.vm,
          this.#machine.host,
          0,
          Math.min(operation.hvaPages, this.#machine.vm.pages),
        );
        return [];
      case 'setLog':
        return this.#setLog(operation);
      case 'dirtyLog':
        return this.#dirtyLog(operation);
      case 'clearDirtyLog':
        return this.#clearDirtyLog(operation);
      case 'addSlot':
        addTraceSlot(this.#machine, { ...operation, log: this.#logged.has(operation.slot) });
        return [];
      case 'deleteSlot':
        deleteMemslot(this.#machine.m, this.#machine.vm, this.#machine.host, this.#slot(operation.slot));
        this.#everythingFaults();
        return [];
      case 'prefault':
        return this.#prefault(operation);
      case 'vcpuExit':
        return this.#vcpuExit(operation);
      case 'note':
        return [];
    }
  }

  #access(operation: Operation<'access'>): readonly Comparison[] {
    const { m, vm, counter } = this.#machine;
    const { vcpu, gfn, write, l2, exits } = operation;
    const mode = l2 ? L2 : L1;
    // The recorder's counter tells of every exit, those for timers included; each empties the TLB.
    if (exits !== undefined && this.#exits[vcpu] !== exits[1]) leaveGuest(m, vm, vcpu);
    const before = this.#inspector.spteText(gfn);
    guestAccess(m, vm, vcpu, gfn, this.#inspector.pageOf(gfn), write, mode);
    if (exits === undefined) leaveGuest(m, vm, vcpu);
    else this.#exits[vcpu] = exits[1];
    const comparisons: Comparison[] = [
      compared('spte', operation.spte, [before, this.#inspector.spteText(gfn)]),
      ...(operation.l2spte === undefined
        ? []
        : [compared('l2spte', operation.l2spte, this.#inspector.spteText(gfn, true))]),
    ];
    const unmodelled = this.#unmodelledFaults.delete(`${vcpu} ${mode}`);
    const stats = { pf_taken: counter.taken, pf_fixed: counter.fixed, pf_fast: counter.fast };
    for (const [name, model] of Object.entries(stats)) {
      const field = `stats.${name}`;
      comparisons.push(unmodelled ? skipped(field, OUTSIDE_SLOTS) : compared(field, operation.stats[name] ?? 0, model));
    }
    for (const name of Object.keys(operation.stats)) {
      if (!(name in stats)) comparisons.push(skipped(`stats.${name}`, 'the model does not count this'));
    }
    if (operation.l2exit !== undefined) comparisons.push(skipped('l2exit', "L1's own code decides how its guest ends"));
    if (exits !== undefined) comparisons.push(skipped('exits', TIMERS));
    return comparisons;
  }

  #clearYoung(operation: Operation<'clearYoung'>): readonly Comparison[] {
    const { startGfn, endGfn } = operation;
    if (operation.how === 'perPage') {
      const young: number[] = [];
      for (let gfn = startGfn; gfn < endGfn; gfn++)
        if (this.#clear(gfn, gfn + 1, operation.flush === true)) young.push(gfn);
      return [compared('young', operation.young, toGfnRanges(young)), ...this.#flushes(operation)];
    }
    return this.#clearRange(operation, startGfn, endGfn, () => this.#clear(startGfn, endGfn, operation.flush === true));
  }

  #clearYoungHva(operation: Operation<'clearYoungHva'>): readonly Comparison[] {
    const { m, vm, host } = this.#machine;
    const { hvaStart, hvaEnd } = operation;
    const clear = () => mmuNotifierClearYoung(m, vm, host, hvaStart, hvaEnd, 0);
    return this.#clearRange(operation, 0, 0, () => this.#judged(true, hvaStart, hvaEnd, clear));
  }

  #clearRange(
    operation: Operation<'clearYoung'> | Operation<'clearYoungHva'>,
    startGfn: number,
    endGfn: number,
    clear: () => boolean,
  ): readonly Comparison[] {
    const before = this.#inspector.youngPages();
    const answer = clear();
    const after = this.#inspector.youngPages();
    const cleared = before.map((young, page) => (young === 1 && after[page] === 0 ? 1 : 0));
    const comparisons = [compared('young', operation.young, this.#inspector.gfnsOf(cleared))];
    if (operation.ret !== undefined) comparisons.push(compared('ret', operation.ret, answer));
    const still = before.map((young, page) => (young === 1 && after[page] === 1 ? 1 : 0));
    const inRange = this.#rangeOf(operation, startGfn, endGfn);
    const stillYoung = this.#inspector.gfnsOf(still.map((young, page) => (inRange(page) ? young : 0)));
    comparisons.push(compared('stillYoung', operation.stillYoung ?? [], stillYoung));
    return [...comparisons, ...this.#flushes(operation)];
  }

  /** Whether a host page is in the range of a clear. */
  #rangeOf(
    operation: Operation<'clearYoung'> | Operation<'clearYoungHva'>,
    startGfn: number,
    endGfn: number,
  ): (page: number) => boolean {
    if (operation.op === 'clearYoungHva') {
      const first = Math.floor(operation.hvaStart / PAGE_BYTES);
      const end = Math.ceil(operation.hvaEnd / PAGE_BYTES);
      return (page) => page >= first && page < end;
    }
    const first = this.#inspector.pageOf(startGfn);
    return (page) => page >= first && page < first + endGfn - startGfn;
  }

  #flushes(operation: KernelOperation): readonly Comparison[] {
    if (operation.op !== 'clearYoung' || operation.remoteTlbFlushes === undefined) return [];
    return [compared('remoteTlbFlushes', operation.remoteTlbFlushes, this.#machine.counter.remoteTlbFlushes)];
  }

  /** One call for the host pages behind [startGfn, endGfn). */
  #clear(startGfn: number, endGfn: number, flush: boolean): boolean {
    const { m, vm, host } = this.#machine;
    const start = this.#inspector.pageOf(startGfn) * PAGE_BYTES;
    const end = start + (endGfn - startGfn) * PAGE_BYTES;
    return this.#judged(true, start, end, () =>
      flush ? mmuNotifierClearFlushYoung(m, vm, host, start, end) : mmuNotifierClearYoung(m, vm, host, start, end, 0),
    );
  }

  /** One notifier call over bytes [start, end), judged by the oracle; whether it said young. */
  #judged(clears: boolean, start: number, end: number, call: () => AgingAnswer): boolean {
    const { oracle } = this.#machine;
    oracle.beginCall();
    const young = call().answer === 'young';
    const first = Math.floor(start / PAGE_BYTES);
    const behind = Math.min(Math.ceil(end / PAGE_BYTES), this.#machine.vm.pages);
    this.findings.push(...oracle.endCall(first, behind, clears, young));
    return young;
  }

  /** One call a page. */
  #testYoung(startGfn: number, endGfn: number): GfnRanges {
    const { m, vm, host } = this.#machine;
    const young: number[] = [];
    for (let gfn = startGfn; gfn < endGfn; gfn++) {
      const page = this.#inspector.pageOf(gfn);
      if (page < 0) continue;
      const start = page * PAGE_BYTES;
      const test = () => mmuNotifierTestYoung(m, vm, host, start, start + PAGE_BYTES, 0);
      if (this.#judged(false, start, start + PAGE_BYTES, test)) young.push(gfn);
    }
    return toGfnRanges(young);
  }

  #sptes(operation: Operation<'sptes'>): readonly Comparison[] {
    const kernel: Record<number, string> = {};
    const model: Record<number, string> = {};
    for (let gfn = operation.startGfn; gfn < operation.endGfn; gfn++) {
      const ours = this.#inspector.spteText(gfn);
      const theirs = operation.map.get(gfn) ?? '-';
      if (ours === theirs) continue;
      kernel[gfn] = theirs;
      model[gfn] = ours;
    }
    return [compared('map', kernel, model)];
  }

  #unmap(operation: Operation<'unmap'>): readonly Comparison[] {
    const before = this.#testYoung(operation.startGfn, operation.endGfn);
    this.#onPages(operation, dontNeed);
    return [compared('youngBefore', operation.youngBefore, before), this.#youngAfter(operation)];
  }

  #madvise(operation: Operation<'madvise'>): readonly Comparison[] {
    const young = this.#testYoung(operation.startGfn, operation.endGfn);
    const count = young.reduce((sum, [start, end]) => sum + end - start, 0);
    if (operation.advice === 'FREE') this.#onPages(operation, freeLazily);
    else if (operation.advice === 'PAGEOUT') this.#onPages(operation, pageOut);
    return [
      compared('rc', operation.rc, 0),
      compared('nYoungBefore', operation.nYoungBefore, count),
      this.#youngAfter(operation),
    ];
  }

  #hostTouch(operation: Operation<'hostTouch'>): readonly Comparison[] {
    const { m, vm, host } = this.#machine;
    const { gfn } = operation;
    const before = this.#testYoung(gfn, gfn + 1).length > 0;
    hostTouch(m, vm, host, this.#inspector.pageOf(gfn), operation.write);
    const after = this.#testYoung(gfn, gfn + 1).length > 0;
    return [
      compared('youngBefore', operation.youngBefore, before),
      compared('youngAfter', operation.youngAfter, after),
    ];
  }

  #setLog(operation: Operation<'setLog'>): readonly Comparison[] {
    const { m, vm, host } = this.#machine;
    const slot = this.#slot(operation.slot);
    if (operation.on) {
      this.#logged.add(operation.slot);
      enableDirtyLogging(m, vm, host, slot);
    } else {
      this.#logged.delete(operation.slot);
      disableDirtyLogging(m, vm, host, slot);
    }
    return [];
  }

  #dirtyLog(operation: Operation<'dirtyLog'>): readonly Comparison[] {
    const { m, vm, host, dirtyLog } = this.#machine;
    const slot = this.#slot(operation.slot);
    getDirtyLog(m, vm, host, slot, dirtyLog);
    const gfn = slotGfn(m, vm, slot);
    const dirty: number[] = [];
    for (let i = 0; i < slotPages(m, vm, slot); i++) {
      if ((m.loadOwn(dirtyLog + (i >>> 5)) & (1 << (i & 31))) !== 0) dirty.push(gfn + i);
    }
    return [compared('dirty', operation.dirty, toGfnRanges(dirty))];
  }

  /** Clears what was handed out last. */
  #clearDirtyLog(operation: Operation<'clearDirtyLog'>): readonly Comparison[] {
    const { m, vm, host, dirtyLog } = this.#machine;
    clearDirtyLog(m, vm, host, this.#slot(operation.slot), dirtyLog);
    return [compared('rc', operation.rc, 0)];
  }

  #prefault(operation: Operation<'prefault'>): readonly Comparison[] {
    const { m, vm } = this.#machine;
    const error = preFaultMemory(m, vm, operation.vcpu, operation.startGfn, operation.endGfn);
    return [
      compared('rc', operation.rc, error === 0 ? 0 : -1),
      compared('errno', operation.errno, error),
      this.#youngAfter(operation),
    ];
  }

  #vcpuExit(operation: Operation<'vcpuExit'>): readonly Comparison[] {
    leaveGuest(this.#machine.m, this.#machine.vm, operation.vcpu);
    if (operation.exits === undefined) return [];
    this.#exits[operation.vcpu] = operation.exits[1];
    return [compared('stats', operation.stats, {}), skipped('exits', TIMERS)];
  }

  #youngAfter(operation: {
    readonly startGfn: number;
    readonly endGfn: number;
    readonly youngAfter: GfnRanges;
  }): Comparison {
    return compared('youngAfter', operation.youngAfter, this.#testYoung(operation.startGfn, operation.endGfn));
  }

  /** Does something to the host pages behind [startGfn, endGfn). */
  #onPages(
    range: { readonly startGfn: number; readonly endGfn: number },
    change: (m: TraceMachine['m'], vm: TraceMachine['vm'], thread: number, start: number, end: number) => void,
  ): void {
    const { m, vm, host } = this.#machine;
    const start = this.#inspector.pageOf(range.startGfn);
    change(m, vm, host, start, start + range.endGfn - range.startGfn);
  }

  #slot(number: number): number {
    return this.#machine.slotIndex.get(number) as number;
  }

  /** Whatever the guest has, its own code included, was taken from it: the next access of each vCPU faults on that, too. */
  #everythingFaults(): void {
    for (let vcpu = 0; vcpu < this.#machine.vm.vcpus; vcpu++) {
      for (const mode of [L1, L2]) this.#unmodelledFaults.add(`${vcpu} ${mode}`);
    }
  }
}

function compared(field: string, kernel: unknown, model: unknown): Comparison {
  return { field, kernel, model };
}

function skipped(field: string, why: string): Comparison {
  return { field, why };
}
