import { expect } from 'vitest';
import { guestAccess } from '../../../src/mmu/access.ts';
import { HOST_PRESENT, HOST_WRITABLE, NEXT_VERSION, nextHostPage } from '../../../src/mmu/host-page-table.ts';
import { isRootInvalid, nextRoot } from '../../../src/mmu/roots.ts';
import type { Rules } from '../../../src/mmu/rules.ts';
import { entryWord } from '../../../src/mmu/tables.ts';
import { leaveGuest } from '../../../src/mmu/vcpu.ts';
import { zapAllFast } from '../../../src/mmu/zap-root.ts';
import { takePagesBack } from '../../../src/notifier/host-pages.ts';
import {
  mmuNotifierClearFlushYoung,
  mmuNotifierClearYoung,
  mmuNotifierTestYoung,
} from '../../../src/notifier/subscribers.ts';
import { testBitmapBit } from '../../../src/shared/bitmap.ts';
import { GhostEvent } from '../../../src/shared/ghost-event.ts';
import { backingOf, isShadowPresent } from '../../../src/shared/spte.ts';
import type { AgingOperation, AgingProgram } from './aging-program.ts';
import { AgingReference, type Leaf, type ReferenceRules } from './aging-reference.ts';
import { BITMAP_PAGES, createSequentialVm, type SequentialVm } from './sequential-vm.ts';

const PAGE = 4096;

type Note = readonly [event: number, page: number, value: number];

/** Does to a VM and to the reference model what the program says, and compares them after each step. */
export function runAgingProgram(program: AgingProgram, rules: Rules, expected: ReferenceRules): void {
  const run = new AgingProgramRun(program, rules, expected);
  for (const operation of program.operations) run.step(operation);
}

class AgingProgramRun {
  readonly #program: AgingProgram;
  readonly #reference: AgingReference;
  readonly #sequential: SequentialVm;
  readonly #gfns: readonly number[];
  #notes: Note[] = [];

  constructor(program: AgingProgram, rules: Rules, expected: ReferenceRules) {
    this.#program = program;
    this.#reference = new AgingReference(program.vm, expected, program.firstVersion);
    const sink = { note: (...note: Note) => void this.#notes.push(note) };
    this.#sequential = createSequentialVm(program.vm, rules, sink);
    const { m, vm } = this.#sequential;
    m.fill(
      vm.hostPtes,
      vm.pages,
      nextHostPage(NEXT_VERSION * (program.firstVersion - 1), HOST_PRESENT | HOST_WRITABLE),
    );
    this.#gfns = program.vm.slots.flatMap((slot) => Array.from({ length: slot.pages }, (_, i) => slot.gfn + i));
  }

  step(operation: AgingOperation): void {
    this.#notes = [];
    this.#do(operation);
    expect(this.#mapped()).toEqual(new Map([...this.#reference.leaves].sort(([a], [b]) => a - b)));
  }

  #do(operation: AgingOperation): void {
    const { m, vm, host } = this.#sequential;
    const { pages, vcpus } = this.#program.vm;
    switch (operation.kind) {
      case 'access':
        this.#access(operation.vcpu % vcpus, this.#gfns[operation.at % this.#gfns.length] as number, operation.write);
        break;
      case 'leave':
        leaveGuest(m, vm, operation.vcpu % vcpus);
        break;
      case 'takeBack': {
        const first = operation.first % pages;
        const end = Math.min(pages, first + operation.pages);
        this.#everybodyLeaves();
        takePagesBack(m, vm, host, first, end);
        this.#reference.takePagesBack(first, end);
        break;
      }
      case 'zapAll':
        this.#everybodyLeaves();
        zapAllFast(m, vm, host);
        this.#reference.zapAll();
        break;
      default:
        this.#age(operation);
    }
  }

  #access(vcpu: number, gfn: number, write: boolean): void {
    const { m, vm } = this.#sequential;
    const page = this.#reference.pageOf(gfn);
    const { version, hit } = this.#reference.access(vcpu, gfn);
    guestAccess(m, vm, vcpu, gfn, page, write);
    const closing = hit ? GhostEvent.tlbHit : GhostEvent.accessEnd;
    const reached = this.#notes.filter(([event]) => event === GhostEvent.tlbHit || event === GhostEvent.accessEnd);
    expect(reached.map(([event, at, spte]) => [event, at, backingOf(spte)])).toEqual([[closing, page, version]]);
  }

  #age({ kind, start: anyStart, bytes, bitmap: selection }: Extract<AgingOperation, { bytes: number }>): void {
    const { m, vm, host, bitmap } = this.#sequential;
    const start = anyStart % (this.#program.vm.pages * PAGE);
    const end = start + bytes;
    const last = Math.floor((end - 1) / PAGE);
    const hasBitmap = selection !== undefined && kind !== 'clearFlush';
    const given = hasBitmap ? bitmap : 0;
    const before = (index: number): boolean =>
      kind === 'clear' && hasBitmap && (((selection[index >>> 5] as number) >>> (index & 31)) & 1) === 1;
    for (let i = 0; i < BITMAP_PAGES / 32; i++) m.store(bitmap + i, kind === 'clear' ? (selection?.[i] ?? 0) : 0);

    if (kind === 'clearFlush') this.#everybodyLeaves();
    const answered =
      kind === 'test'
        ? mmuNotifierTestYoung(m, vm, host, start, end, given)
        : kind === 'clear'
          ? mmuNotifierClearYoung(m, vm, host, start, end, given)
          : mmuNotifierClearFlushYoung(m, vm, host, start, end);
    const expected =
      kind === 'test'
        ? this.#reference.test(start, end, hasBitmap)
        : kind === 'clear'
          ? this.#reference.clear(start, end, hasBitmap ? (page) => before(last - page) : undefined)
          : this.#reference.clearFlush(start, end);

    expect(answered).toEqual({ answer: expected.answer, fast: false, flags: expected.flags });
    const noted = kind === 'test' ? GhostEvent.testedYoung : GhostEvent.clearedYoung;
    const young = this.#notes.filter(([event]) => event === noted).map(([, page]) => page);
    // A test without a bitmap has its answer with the first page of each slot that it finds young.
    if (kind === 'test' && !hasBitmap) expect(expected.young).toEqual(expect.arrayContaining(young));
    else expect(young.toSorted(byNumber)).toEqual(expected.young.toSorted(byNumber));
    if (!hasBitmap) return;
    for (let index = 0; index < BITMAP_PAGES; index++) {
      const bit = kind === 'test' ? expected.young.includes(last - index) : before(index);
      expect(testBitmapBit(m, bitmap, index), `bit ${index}, page ${last - index}`).toBe(bit);
    }
  }

  /** Whoever flushes waits for vCPUs in the guest, and on one thread none of them could answer. */
  #everybodyLeaves(): void {
    const { m, vm } = this.#sequential;
    for (let vcpu = 0; vcpu < vm.vcpus; vcpu++) leaveGuest(m, vm, vcpu);
  }

  /** What the page tables say, read entry by entry from the valid root. */
  #mapped(): Map<number, Leaf> {
    const { m, vm } = this.#sequential;
    const mapped = new Map<number, Leaf>();
    let root = m.load(vm.firstRoot);
    while (root !== 0 && isRootInvalid(m, vm, root)) root = nextRoot(m, vm, root);
    if (root === 0) return mapped;
    for (const gfn of this.#gfns) {
      let spte = 0;
      let table = root;
      for (let level = vm.levels; level > 0; level--) {
        spte = m.load(entryWord(vm, table, level, gfn));
        if (!isShadowPresent(spte)) break;
        table = backingOf(spte);
      }
      if (isShadowPresent(spte)) mapped.set(gfn, { young: (spte & vm.spte.accessed) !== 0, version: backingOf(spte) });
    }
    return mapped;
  }
}

function byNumber(a: number, b: number): number {
  return a - b;
}
