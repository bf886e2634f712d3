import { describe, expect, it } from 'vitest';
import type { Program } from '../../../../src/explore/program.ts';
import { createVm, initMemslot, initVm } from '../../../../src/mmu/create-vm.ts';
import { hostPmdWord, lookUpHostPage } from '../../../../src/mmu/host-page-state.ts';
import { HOST_HUGE, HOST_PRESENT, HOST_WRITABLE } from '../../../../src/mmu/host-page-table.ts';
import { splitHostHugePage } from '../../../../src/mmu/host-split.ts';
import type { Rules } from '../../../../src/mmu/rules.ts';
import type { Vm } from '../../../../src/mmu/vm.ts';
import { dontNeed, hostTouch, pageOut, protectPages } from '../../../../src/notifier/host-memory.ts';
import { GhostEvent } from '../../../../src/shared/ghost-event.ts';
import type { Memory } from '../../../../src/shared/memory.ts';
import { EPT } from '../../../../src/shared/spte.ts';
import { ThreadMemory } from '../../../../src/shared/thread-memory.ts';
import { mergedKernels } from '../../../../src/variants/variants.ts';
import { allocateWords, createArena } from '../../../support/arena.ts';
import { exploreReplayed } from '../../../support/explore-replayed.ts';
import { createSequentialVm } from '../../../support/mmu/sequential-vm.ts';
import { access, createHugeVm, leafSpte } from '../../../support/mmu/small-vm.ts';
import { replaceOperations } from '../../../support/replaced-memory.ts';

const rules = mergedKernels.find(({ name }) => name === 'lockless-7.3')?.rules as Rules;

interface Scene {
  readonly first: (m: Memory, vm: Vm) => void;
  readonly second: (m: Memory, vm: Vm) => void;
  readonly holds: (m: ThreadMemory, vm: Vm) => boolean | string;
}

/** One 2M page of two pages, and two threads of the host; the only slot is elsewhere, so that notifiers have little to do. */
function explored({ first, second, holds }: Scene): { complete: boolean; violations: string[] } {
  const slot = { gfn: 0, page: 2, pages: 1 };
  const arena = createArena((layout) =>
    createVm(layout, {
      geometry: { levels: 2, entryBits: 1 },
      rules,
      spte: EPT,
      slots: [slot],
      vcpus: 1,
      threads: 3,
      pages: 4,
      tlbEntries: 0,
      tables: 2,
      machine: { hugePages: true },
    }),
  );
  const vm = arena.parts;
  const words = allocateWords(arena.layout);
  const setup = new ThreadMemory(words, { waiters: arena.waiters });
  initVm(setup, vm);
  initMemslot(setup, vm, 0, slot);
  setup.fill(vm.hostPtes, vm.pages, 0);
  setup.store(hostPmdWord(vm, 0), HOST_PRESENT | HOST_WRITABLE);
  const program: Program = {
    initial: Int32Array.from(words),
    wordName: (word) => arena.layout.nameOf(word, (other) => words[other] as number),
    threads: [
      { name: 'first', run: (m) => first(m, vm) },
      { name: 'second', run: (m) => second(m, vm) },
    ],
    final: [
      { name: 'in order', holds: (final) => holds(new ThreadMemory(Int32Array.from(final), { waiters: 1 }), vm) },
    ],
  };
  const { complete, violations } = exploreReplayed(program, { reduced: true });
  return { complete, violations: violations.map(({ message }) => message) };
}

const proven = { complete: true, violations: [] };
const presentPages = (m: Memory, vm: Vm): number[] =>
  [0, 1].filter((page) => (lookUpHostPage(m, vm, page) & HOST_PRESENT) !== 0);

describe('Two threads of the host at one 2M page, under every interleaving', () => {
  it('both take a page away: neither brings the page of the other back', () => {
    const result = explored({
      first: (m, vm) => dontNeed(m, vm, 1, 0, 1),
      second: (m, vm) => dontNeed(m, vm, 2, 1, 2),
      holds: (m, vm) => presentPages(m, vm).length === 0 || `pages ${presentPages(m, vm)} are there again`,
    });
    expect(result).toEqual(proven);
  });

  it('one takes all of it away while the other splits it', () => {
    const result = explored({
      first: (m, vm) => dontNeed(m, vm, 1, 0, 2),
      second: (m, vm) => splitHostHugePage(m, vm, 2, 0),
      holds: (m, vm) => presentPages(m, vm).length === 0 || `pages ${presentPages(m, vm)} are there again`,
    });
    expect(result).toEqual(proven);
  });

  it('one takes a page away while the other shares the other page', () => {
    const result = explored({
      first: (m, vm) => dontNeed(m, vm, 1, 0, 1),
      second: (m, vm) => protectPages(m, vm, 2, 1, 2),
      holds: (m, vm) => {
        const writable = (lookUpHostPage(m, vm, 1) & HOST_WRITABLE) !== 0;
        return (presentPages(m, vm).join() === '1' && !writable) || `present: ${presentPages(m, vm)}; ${writable}`;
      },
    });
    expect(result).toEqual(proven);
  });
});

describe('A fault of the host', () => {
  it('whose entry another one changes in between is not overwritten', () => {
    const sequential = createSequentialVm(
      {
        geometry: { levels: 2, entryBits: 1 },
        slots: [{ gfn: 0, page: 0, pages: 2 }],
        vcpus: 1,
        pages: 2,
        tlbEntries: 0,
      },
      rules,
      { note: () => undefined },
    );
    const { m, vm, host } = sequential;
    m.store(vm.hostPtes, 0);
    hostTouch(m, vm, host, 0, false);
    // Between the look and the change the zero page is replaced.
    let versions = 0;
    const through = replaceOperations(m, (own) => ({
      load: (word) => {
        const value = own.load(word);
        if (word === vm.hostPtes && versions++ === 0) own.add(vm.hostPtes, 1 << 12);
        return value;
      },
    }));
    const before = m.load(vm.hostPtes) >>> 12;
    dontNeed(through, vm, host, 0, 1);
    expect([m.load(vm.hostPtes) >>> 12, presentPages(m, vm)]).toEqual([before + 1, [1]]);
  });

  it('that replaces the huge zero page says what it took back', () => {
    const revoked: (readonly [number, number])[] = [];
    const { m, vm, host } = createSequentialVm(
      {
        geometry: { levels: 2, entryBits: 1 },
        slots: [{ gfn: 0, page: 0, pages: 2 }],
        vcpus: 1,
        pages: 2,
        tlbEntries: 0,
        machine: { hugePages: true },
      },
      { ...rules, hugeZeroPageWritten: 'replace' },
      { note: (event, page, value) => event === GhostEvent.revoked && revoked.push([page, value]) },
    );
    m.fill(vm.hostPtes, vm.pages, 0);
    hostTouch(m, vm, host, 0, false);
    expect(lookUpHostPage(m, vm, 0) & HOST_HUGE).toBe(HOST_HUGE);
    hostTouch(m, vm, host, 1, true);
    expect(revoked).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });
});

describe('MADV_PAGEOUT of a kernel that looks whether pages are young', () => {
  it('makes them old, and flushes TLBs where clear_flush_young does', () => {
    for (const clearFlushYoungFlushes of [true, false]) {
      const sequential = createHugeVm({ ...rules, pageoutAges: true, clearFlushYoungFlushes });
      const { m, vm, host } = sequential;
      access(sequential, 0, true);
      let requests = 0;
      const through = replaceOperations(m, (own) => ({
        setBits: (word, mask) => {
          if (word === vm.vcpuStates) requests++;
          own.setBits(word, mask);
        },
      }));
      pageOut(through, vm, host, 0, 1);
      expect([leafSpte(sequential, 0) & EPT.accessed, requests > 0]).toEqual([0, clearFlushYoungFlushes]);
    }
  });
});
