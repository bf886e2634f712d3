import { expect } from 'vitest';
import { guestAccess } from '../../../src/mmu/access.ts';
import { getDirtyLog } from '../../../src/mmu/dirty-log.ts';
import {
  mmuNotifierInvalidateRangeEnd,
  mmuNotifierInvalidateRangeStart,
} from '../../../src/mmu/invalidate-subscribers.ts';
import { addMemslot, deleteMemslot, disableDirtyLogging, enableDirtyLogging } from '../../../src/mmu/memslot-update.ts';
import { preFaultMemory } from '../../../src/mmu/prefault.ts';
import type { Rules } from '../../../src/mmu/rules.ts';
import { pagesOfLevel } from '../../../src/mmu/tables.ts';
import { leaveGuest, putRoot } from '../../../src/mmu/vcpu.ts';
import { L1, L2, type Vm } from '../../../src/mmu/vm.ts';
import { zapAllFast } from '../../../src/mmu/zap-root.ts';
import { dontNeed, forkAndReap } from '../../../src/notifier/host-memory.ts';
import { takePagesBack } from '../../../src/notifier/host-pages.ts';
import { ignoreGhosts } from '../../../src/shared/ghost-sink.ts';
import type { Memory } from '../../../src/shared/memory.ts';
import { type Entry, leavesOf, slotsOf } from './leaves.ts';
import { createSequentialVm, type SequentialVm } from './sequential-vm.ts';
import { shadowFaults } from './shadow-census.ts';
import type { ShadowOperation, ShadowProgram } from './shadow-program.ts';
import { clearYoung, testYoung } from './small-vm.ts';

const invalidations = {
  /** As for something that leaves the pages as they are. */
  invalidate(m: Memory, vm: Vm, thread: number, first: number, end: number): void {
    mmuNotifierInvalidateRangeStart(m, vm, thread, first, end);
    mmuNotifierInvalidateRangeEnd(m, vm, thread, first, end);
  },
  dontNeed,
  takeBack: takePagesBack,
};

/** How the protocol's memory is broken, to see who notices. */
export type Breakage = (sequential: SequentialVm) => Memory;

/** Does to a VM what the program says, and looks after each step whether the shadow MMU is in order. */
export function runShadowProgram(program: ShadowProgram, rules: Rules, breakage?: Breakage): void {
  const run = new ShadowProgramRun(program, rules, breakage);
  for (const operation of program.operations) run.step(operation);
}

class ShadowProgramRun {
  readonly #program: ShadowProgram;
  readonly #sequential: SequentialVm;
  /** What the protocol runs on. */
  readonly #m: Memory;

  constructor(program: ShadowProgram, rules: Rules, breakage: Breakage | undefined) {
    this.#program = program;
    this.#sequential = createSequentialVm(program.vm, rules, ignoreGhosts);
    this.#m = breakage?.(this.#sequential) ?? this.#sequential.m;
    const { m, vm } = this.#sequential;
    // 2M pages are what the host makes of memory that was absent.
    if (vm.machine.hugePages) m.fill(vm.hostPtes, vm.pages, 0);
  }

  step(operation: ShadowOperation): void {
    this.#do(operation);
    const faults = shadowFaults(this.#sequential);
    expect(faults, faults.join('\n')).toEqual([]);
  }

  #do(operation: ShadowOperation): void {
    const m = this.#m;
    const { vm, host } = this.#sequential;
    switch (operation.kind) {
      case 'access':
        this.#access(operation);
        break;
      case 'clear':
      case 'test':
        this.#age(operation.kind, operation.page % vm.pages);
        break;
      case 'invalidate':
      case 'dontNeed':
      case 'takeBack': {
        const first = operation.first % vm.pages;
        const end = Math.min(vm.pages, first + operation.pages);
        invalidations[operation.kind](m, vm, host, first, end);
        expect(this.#leavesOf(first, end), 'what was invalidated is still mapped').toEqual([]);
        break;
      }
      case 'toggleLog':
      case 'handOutLog':
        this.#log(operation);
        break;
      case 'toggleSlot':
        this.#toggleSlot(operation.slot % vm.slotCount, operation.page);
        break;
      case 'leaveRoot':
        putRoot(m, vm, operation.vcpu % vm.vcpus, this.#mode(operation.l2));
        break;
      case 'prefault': {
        const gfn = this.#gfn(operation.at);
        if (gfn !== undefined) preFaultMemory(m, vm, operation.vcpu % vm.vcpus, gfn, gfn + 1);
        break;
      }
      case 'fork':
        forkAndReap(m, vm, host);
        break;
      case 'zapAll':
        zapAllFast(m, vm, host);
        break;
    }
  }

  #mode(l2: boolean): number {
    return l2 && this.#sequential.vm.machine.nested ? L2 : L1;
  }

  /** A frame that some slot has. */
  #gfn(at: number): number | undefined {
    const { m, vm } = this.#sequential;
    const gfns = slotsOf(m, vm).flatMap(({ gfn, pages }) => Array.from({ length: pages }, (_, i) => gfn + i));
    return gfns.length === 0 ? undefined : gfns[at % gfns.length];
  }

  #access({ vcpu, at, write, l2 }: Extract<ShadowOperation, { kind: 'access' }>): void {
    const { vm } = this.#sequential;
    const gfn = this.#gfn(at);
    if (gfn === undefined) return;
    guestAccess(this.#m, vm, vcpu % vm.vcpus, gfn, gfn, write, this.#mode(l2));
    // Whoever flushes waits for vCPUs in the guest, and on one thread none of them could answer.
    leaveGuest(this.#m, vm, vcpu % vm.vcpus);
  }

  /** A call for one page answers what the leaves that map it say, and a clear makes all of them old. */
  #age(kind: 'clear' | 'test', page: number): void {
    const before = this.#youngLeavesOf(page);
    const { answer } = (kind === 'clear' ? clearYoung : testYoung)(this.#sequential, page, this.#m);
    expect(answer).toBe(before > 0 ? 'young' : 'old');
    expect(this.#youngLeavesOf(page)).toBe(kind === 'clear' ? 0 : before);
  }

  #youngLeavesOf(page: number): number {
    const { accessed } = this.#sequential.vm.spte;
    return this.#leavesOf(page, page + 1).filter(({ spte }) => (spte & accessed) !== 0).length;
  }

  /** The leaves of both MMUs that map part of [firstPage, endPage). */
  #leavesOf(firstPage: number, endPage: number): Entry[] {
    const { m, vm } = this.#sequential;
    const slots = slotsOf(m, vm);
    return leavesOf(m, vm).filter(({ gfn, level }) => {
      const slot = slots.find((candidate) => gfn >= candidate.gfn && gfn < candidate.gfn + candidate.pages);
      if (slot === undefined) return false;
      const page = slot.page + gfn - slot.gfn;
      return page < endPage && page + pagesOfLevel(vm, level) > firstPage;
    });
  }

  #log({ kind, slot: number }: Extract<ShadowOperation, { kind: 'toggleLog' | 'handOutLog' }>): void {
    const m = this.#m;
    const { vm, host, bitmap } = this.#sequential;
    const slot = slotsOf(this.#sequential.m, vm).find((candidate) => candidate.slot === number % vm.slotCount);
    if (slot === undefined) return;
    if (kind === 'toggleLog') (slot.logsDirty ? disableDirtyLogging : enableDirtyLogging)(m, vm, host, slot.slot);
    else if (slot.logsDirty) getDirtyLog(m, vm, host, slot.slot, bitmap);
  }

  /** Deletes the slot, or adds it with other host pages behind it. */
  #toggleSlot(number: number, anyPage: number): void {
    const { vm, host } = this.#sequential;
    const there = slotsOf(this.#sequential.m, vm).some(({ slot }) => slot === number);
    if (there) {
      deleteMemslot(this.#m, vm, host, number);
      return;
    }
    const spec = this.#program.vm.slots[number];
    if (spec === undefined) throw new RangeError(`no slot ${number}`);
    const page = anyPage % 2 === 0 ? spec.page : anyPage % (vm.pages - spec.pages + 1);
    addMemslot(this.#m, vm, number, spec.gfn, page, spec.pages, 0, anyPage % 3 === 0);
  }
}
