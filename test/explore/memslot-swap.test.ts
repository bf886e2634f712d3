import { describe, expect, it } from 'vitest';
import type { ProgramResult } from '../../src/explore/program-result.ts';
import { guestAccess } from '../../src/mmu/access.ts';
import { createVm, initMemslot, initVm } from '../../src/mmu/create-vm.ts';
import {
  mmuNotifierInvalidateRangeEnd,
  mmuNotifierInvalidateRangeStart,
} from '../../src/mmu/invalidate-subscribers.ts';
import { addMemslot, deleteMemslot } from '../../src/mmu/memslot-update.ts';
import { entryWord } from '../../src/mmu/tables.ts';
import { enterGuest, leaveGuest } from '../../src/mmu/vcpu.ts';
import type { Vm } from '../../src/mmu/vm.ts';
import { PAGE_BYTES } from '../../src/notifier/byte-range.ts';
import { mmuNotifierClearYoung } from '../../src/notifier/subscribers.ts';
import type { Memory } from '../../src/shared/memory.ts';
import { backingOf, EPT } from '../../src/shared/spte.ts';
import { ThreadMemory } from '../../src/shared/thread-memory.ts';
import { findVariant } from '../../src/variants/variants.ts';
import { allocateWords, createArena } from '../support/arena.ts';
import { exploreReplayed } from '../support/explore-replayed.ts';

/** Memslots change while other threads read them: one slot of frames 0 and 1, first backed by pages 0 and 1. */

const VCPU = 0;
const OTHER = 1;
const VMM = 2;
const SLOT = { gfn: 0, page: 0, pages: 2 };
/** Where the slot's memory is when it comes back. */
const NEW_PAGE = 2;

interface Scene {
  readonly setup?: (m: Memory, vm: Vm) => void;
  readonly threads: Readonly<Record<string, (m: Memory, vm: Vm) => unknown>>;
  readonly holds: (m: ThreadMemory, vm: Vm) => boolean | string;
}

function explored({ setup, threads, holds }: Scene): ProgramResult {
  const rules = findVariant('lockless-7.3')?.rules;
  if (rules === undefined) throw new RangeError('no such variant');
  const arena = createArena((layout) =>
    createVm(layout, {
      geometry: { levels: 2, entryBits: 1 },
      rules,
      spte: EPT,
      slots: [SLOT],
      vcpus: 1,
      threads: 3,
      pages: NEW_PAGE + SLOT.pages,
      tlbEntries: 0,
      tables: 6,
      machine: { memslotsChange: true },
    }),
  );
  const vm = arena.parts;
  const words = allocateWords(arena.layout);
  const m = new ThreadMemory(words, { waiters: arena.waiters });
  initVm(m, vm);
  initMemslot(m, vm, 0, SLOT);
  setup?.(m, vm);
  return exploreReplayed({
    initial: Int32Array.from(words),
    wordName: (word) => arena.layout.nameOf(word, (other) => words[other] as number),
    threads: Object.entries(threads).map(([name, run]) => ({ name, run: (port) => run(port, vm) })),
    final: [
      { name: 'in order', holds: (final) => holds(new ThreadMemory(Int32Array.from(final), { waiters: 1 }), vm) },
    ],
  });
}

function invalidate(m: Memory, vm: Vm): void {
  mmuNotifierInvalidateRangeStart(m, vm, OTHER, SLOT.page, SLOT.page + SLOT.pages);
  mmuNotifierInvalidateRangeEnd(m, vm, OTHER, SLOT.page, SLOT.page + SLOT.pages);
}

const deleteSlot = (m: Memory, vm: Vm): void => deleteMemslot(m, vm, VMM, 0);
const addSlot =
  (page: number) =>
  (m: Memory, vm: Vm): void =>
    addMemslot(m, vm, 0, SLOT.gfn, page, SLOT.pages, 0, false);

const proven = { complete: true, violations: [] };
/** Without the schedules, which are long. */
const summary = ({ complete, violations }: ProgramResult) => ({
  complete,
  violations: violations.map(({ message }) => message),
});

describe('An invalidation sees the same slots at its start and at its end', () => {
  const isBalanced = (m: ThreadMemory, vm: Vm): boolean | string => {
    const inProgress = m.load(vm.invalidateInProgress);
    return inProgress === 0 || `${inProgress} invalidations are in progress when all have ended`;
  };

  it('while a slot appears', () => {
    const threads = { host: invalidate, vmm: addSlot(SLOT.page) };
    expect(summary(explored({ setup: deleteSlot, threads, holds: isBalanced }))).toEqual(proven);
  });

  it('while a slot goes', () => {
    const threads = { host: invalidate, vmm: deleteSlot };
    expect(summary(explored({ threads, holds: isBalanced }))).toEqual(proven);
  });
});

describe('A reader sees a slot as it is or as it was, and no mixture', () => {
  it('when an aging call meets a slot that comes back with other pages behind it', () => {
    const result = explored({
      setup: (m, vm) => {
        guestAccess(m, vm, VCPU, 0, 0, false);
        leaveGuest(m, vm, VCPU);
        deleteSlot(m, vm);
        enterGuest(m, vm, VCPU);
        leaveGuest(m, vm, VCPU);
      },
      threads: {
        // Of a page that is no guest memory any more.
        aging: (m, vm) => mmuNotifierClearYoung(m, vm, OTHER, 0, PAGE_BYTES, 0).answer,
        vmm: addSlot(NEW_PAGE),
        vcpu: (m, vm) => {
          m.awaitBits(vm.activeMemslots, 1, 1);
          guestAccess(m, vm, VCPU, 0, NEW_PAGE, false);
          leaveGuest(m, vm, VCPU);
        },
      },
      holds: (m, vm) => {
        const table = m.load(entryWord(vm, m.loadOwn(vm.vcpuRoots), 2, 0));
        const leaf = m.load(entryWord(vm, backingOf(table), 1, 0));
        return (leaf & EPT.accessed) !== 0 || 'a call for page 0 has aged page 2';
      },
    });
    expect(summary(result)).toEqual(proven);
    expect(new Set(result.outcomes.map(({ values }) => values[0]))).toEqual(new Set(['old']));
  });
});
