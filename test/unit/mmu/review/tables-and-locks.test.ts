import { describe, expect, it } from 'vitest';
import { createVm } from '../../../../src/mmu/create-vm.ts';
import { dirtyBitmapWord } from '../../../../src/mmu/dirty-bitmap.ts';
import { clearDirtyLog } from '../../../../src/mmu/dirty-log.ts';
import { disableDirtyLogging, enableDirtyLogging } from '../../../../src/mmu/memslot-update.ts';
import { pteListAdd, pteListRemove, rmapHead } from '../../../../src/mmu/rmap.ts';
import type { Rules } from '../../../../src/mmu/rules.ts';
import { entryWord } from '../../../../src/mmu/tables.ts';
import { accessThroughTlb, fillTlb } from '../../../../src/mmu/tlb.ts';
import { enterGuest, leaveGuest, putRoot } from '../../../../src/mmu/vcpu.ts';
import { vcpuStateWord } from '../../../../src/mmu/vcpu-state.ts';
import { L1, type MachineSpec, SMM, type Vm } from '../../../../src/mmu/vm.ts';
import { zapSpteAtomic } from '../../../../src/mmu/zap-root.ts';
import { GhostEvent } from '../../../../src/shared/ghost-event.ts';
import { ignoreGhosts } from '../../../../src/shared/ghost-sink.ts';
import { LayoutBuilder } from '../../../../src/shared/layout.ts';
import type { Memory } from '../../../../src/shared/memory.ts';
import {
  EPT,
  isLargeLeaf,
  LEGACY,
  LEGACY_ACCESS_TRACK,
  type SpteLayout,
  WRITABLE,
} from '../../../../src/shared/spte.ts';
import { ruleValues } from '../../../../src/variants/rule-mutants.ts';
import { mergedKernels } from '../../../../src/variants/variants.ts';
import { createSequentialVm } from '../../../support/mmu/sequential-vm.ts';
import {
  access,
  createHugeVm,
  createSmallVm,
  HUGE_PAGES,
  leafSpte,
  leafWord,
  validRoot,
} from '../../../support/mmu/small-vm.ts';
import { replaceOperations } from '../../../support/replaced-memory.ts';

const SLOT = 0;
const memslotsChange = true;

/** What happens, in order, as far as the test names it. */
function observed(m: Memory, vm: Vm, thread: number, run: (through: Memory) => void): string[] {
  const seen: string[] = [];
  run(
    replaceOperations(m, (own) => ({
      setBits: (word, mask) => {
        if (word === vcpuStateWord(vm, 0)) seen.push('flush');
        own.setBits(word, mask);
      },
      store: (word, value) => {
        if (word === vm.rcu.readers + thread && value === 0) seen.push('section ends');
        own.store(word, value);
      },
      add: (word, delta) => {
        if (word === vm.retiredCount && delta > 0) seen.push('table retired');
        own.add(word, delta);
      },
      tryReplace: (word, expected, next) => {
        if (word === vm.mmuLock.cnts) seen.push('write lock');
        return own.tryReplace(word, expected, next);
      },
      addAndTest: (word, delta, mask) => {
        if (word === vm.mmuLock.cnts) seen.push('read lock');
        return own.addAndTest(word, delta, mask);
      },
    })),
  );
  return seen;
}

function freeTables(m: Memory, vm: Vm): number {
  let count = 0;
  for (let i = 0; i < vm.tableBitmapWords; i++) {
    for (let bits = m.load(vm.freeTables + i); bits !== 0; bits &= bits - 1) count++;
  }
  return count;
}

describe.each(mergedKernels)('$name', ({ rules }) => {
  it('flushes before it lets go of the tables that gave way to 2M leaves', () => {
    const sequential = createHugeVm(rules, { machine: { memslotsChange } });
    const { m, vm, host } = sequential;
    access(sequential, 0, true);
    enableDirtyLogging(m, vm, host, SLOT);
    const seen = observed(m, vm, host, (through) => disableDirtyLogging(through, vm, host, SLOT));
    const order = seen.filter((what) => what === 'flush' || what === 'section ends');
    expect(order.slice(-2)).toEqual(['flush', 'section ends']);
  });

  it('splits a 2M leaf that changes meanwhile with one table', () => {
    const sequential = createHugeVm(rules, { machine: { memslotsChange } });
    const { m, vm, host } = sequential;
    access(sequential, 0, true);
    const leaf = leafWord(sequential, 0);
    const before = freeTables(m, vm);
    let failures = 2;
    const through = replaceOperations(m, (own) => ({
      tryReplace: (word, expected, next) => (word !== leaf || failures-- <= 0) && own.tryReplace(word, expected, next),
    }));
    enableDirtyLogging(through, vm, host, SLOT);
    expect([isLargeLeaf(leafSpte(sequential, 0)), before - freeTables(m, vm)]).toEqual([false, 1]);
  });

  it('gives the table back when the 2M leaf is gone before it could be split', () => {
    const sequential = createHugeVm(rules, { machine: { memslotsChange } });
    const { m, vm, host } = sequential;
    access(sequential, 0, true);
    const leaf = leafWord(sequential, 0);
    const before = freeTables(m, vm);
    const through = replaceOperations(m, (own) => ({
      tryReplace: (word, expected, next) => {
        if (word === leaf) own.store(leaf, rules.nonpresentSpte);
        return own.tryReplace(word, expected, next);
      },
    }));
    enableDirtyLogging(through, vm, host, SLOT);
    expect(freeTables(m, vm)).toBe(before);
  });

  it.each(ruleValues.zapBookkeeping)(
    'zaps a table under mmu_lock for read with zapBookkeeping=%s',
    (zapBookkeeping) => {
      const sequential = createSmallVm({ ...rules, zapBookkeeping });
      const { m, vm, host } = sequential;
      access(sequential, 0, true);
      const word = entryWord(vm, validRoot(sequential), 2, 0);
      const seen = observed(m, vm, host, (through) => zapSpteAtomic(through, vm, word, m.load(word), 2, -1));
      expect(seen).toEqual(zapBookkeeping === 'before-flush' ? ['table retired', 'flush'] : ['flush', 'table retired']);
    },
  );

  it.each(ruleValues.tdpRootsTakeMmuLock)('gets and puts TDP roots with tdpRootsTakeMmuLock=%s', (lock) => {
    const { m, vm } = createSmallVm({ ...rules, tdpRootsTakeMmuLock: lock });
    const locks = observed(m, vm, 0, (through) => {
      enterGuest(through, vm, 0);
      leaveGuest(through, vm, 0);
      putRoot(through, vm, 0, L1);
    }).filter((what) => what.endsWith('lock'));
    expect(locks).toEqual([`${lock} lock`, `${lock} lock`]);
  });

  it.each([
    ['the TDP MMU', {}, ['read lock']],
    ['the shadow MMU', { tdpMmu: false }, ['write lock']],
  ] as const)('begins to log in %s with only the locks it needs', (_, machine, lock) => {
    const { m, vm, host } = createSmallVm(rules, { machine: { ...machine, memslotsChange } });
    const seen = observed(m, vm, host, (through) => enableDirtyLogging(through, vm, host, SLOT));
    expect(new Set(seen.filter((what) => what.endsWith('lock')))).toEqual(new Set(lock));
  });

  it('leaves Dirty of 2M leaves of the shadow MMU alone when it begins to log by it', () => {
    const sequential = createHugeVm(rules, { machine: { memslotsChange, pml: true, tdpMmu: false } });
    const { m, vm, host } = sequential;
    access(sequential, 0, true);
    enableDirtyLogging(m, vm, host, SLOT);
    const leaf = leafSpte(sequential, 0);
    expect([isLargeLeaf(leaf), leaf & vm.spte.dirty, leaf & WRITABLE]).toEqual([true, vm.spte.dirty, 0]);
  });

  it('protects each 2M page whose pages are taken out of a log that was full at first', () => {
    const pages = 32;
    const sequential = createHugeVm(
      { ...rules, loggingSplits: false, loggingForbidsHugePages: false },
      {
        slots: [{ gfn: 0, page: 0, pages: 16 }],
        pages,
        machine: { memslotsChange, manualDirtyProtect: true, dirtyLogInitiallySet: true },
      },
    );
    const { m, vm, host, bitmap } = sequential;
    const firsts = [0, 1, 2, 3].map((i) => i * HUGE_PAGES);
    for (const gfn of firsts) access(sequential, gfn, true);
    enableDirtyLogging(m, vm, host, SLOT);
    m.store(bitmap, 0b0010_0000_0001_0001);
    clearDirtyLog(m, vm, host, SLOT, bitmap);
    expect(firsts.map((gfn) => (leafSpte(sequential, gfn) & WRITABLE) !== 0)).toEqual([false, false, true, false]);
  });

  it('logs what SMM modifies in the slot of its address space', () => {
    const slot = { gfn: 0, pages: 4, logsDirty: true };
    const { m, vm } = createSequentialVm(
      {
        geometry: { levels: 2, entryBits: 2 },
        slots: [
          { ...slot, page: 0 },
          { ...slot, page: 4, addressSpace: 1 },
        ],
        vcpus: 1,
        pages: 8,
        tlbEntries: 0,
        machine: { memslotsChange, pml: true, addressSpaces: 2 },
      },
      rules,
      ignoreGhosts,
    );
    const sequential = { m, vm };
    access(sequential, 3, true, SMM);
    const [first, second] = [0, 1].map((index) => dirtyBitmapWord(vm, index, 0)) as [number, number];
    m.store(second, 0);
    // Whatever is mapped: the next write sets Dirty.
    for (let i = 0; i < (vm.tableCount + 1) * vm.entries; i++) m.clearBits(vm.tables + i, vm.spte.dirty);
    access(sequential, 3, true, SMM);
    expect([m.load(first), m.load(second)]).toEqual([0, 1 << 3]);
  });

  it('hits the TLB for the highest frames', () => {
    const { m, vm } = createSequentialVm(
      { geometry: { levels: 2, entryBits: 2 }, slots: [], vcpus: 1, pages: 1, tlbEntries: 4 },
      rules,
      ignoreGhosts,
    );
    const gfn = 2 ** 30 - 1;
    fillTlb(m, vm, 0, L1, gfn, vm.spte.readExecute);
    expect(accessThroughTlb(m, vm, 0, L1, gfn, 0, false)).toBe(true);
  });

  it('warns of an SPTE that is missing in its list, and leaves the list as it is', () => {
    for (const entries of [[], [40], [40, 41], Array.from({ length: 20 }, (_, i) => 40 + i)]) {
      const warnings: number[] = [];
      const { m, vm } = createSequentialVm(
        {
          geometry: { levels: 2, entryBits: 2 },
          slots: [{ gfn: 0, page: 0, pages: 8 }],
          vcpus: 1,
          pages: 8,
          tlbEntries: 0,
          machine: { tdpMmu: false },
        },
        rules,
        { note: (event) => event === GhostEvent.kernelWarning && warnings.push(event) },
      );
      const head = rmapHead(m, vm, 0, 1, 0);
      for (const sptep of entries) pteListAdd(m, vm, head, sptep);
      const before = m.load(head);
      pteListRemove(m, vm, head, 99);
      expect([warnings.length, m.load(head)]).toEqual([1, before]);
      for (const sptep of entries) pteListRemove(m, vm, head, sptep);
      expect([warnings.length, m.load(head)]).toEqual([1, 0]);
    }
  });
});

describe('A machine is refused', () => {
  const rules = mergedKernels[0]?.rules as Rules;
  const made = (spte: SpteLayout, levels: number, machine: MachineSpec): Vm =>
    createVm(new LayoutBuilder(), {
      geometry: { levels, entryBits: 2 },
      rules,
      spte,
      slots: [],
      vcpus: 1,
      threads: 1,
      pages: 4,
      tlbEntries: 0,
      machine,
    });

  it('whose SPTEs cannot say what they must', () => {
    expect(() => made(LEGACY, 2, { adBits: false })).toThrow(RangeError);
    expect(() => made(LEGACY, 2, { pml: true, nested: true })).toThrow(RangeError);
    for (const spte of [EPT, LEGACY_ACCESS_TRACK]) made(spte, 2, { adBits: false, pml: true, nested: true });
    made(LEGACY, 2, { pml: true });
    made(LEGACY, 2, { nested: true });
  });

  it('that has 2M pages and no table for them', () => {
    expect(() => made(EPT, 1, { hugePages: true })).toThrow(RangeError);
    made(EPT, 1, {});
  });
});
