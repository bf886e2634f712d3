import { describe, expect, it } from 'vitest';
import { guestAccess } from '../../../../src/mmu/access.ts';
import { handlePageFault } from '../../../../src/mmu/fault.ts';
import {
  RET_PF_EMULATE,
  RET_PF_FAST_FIXED,
  RET_PF_FIXED,
  RET_PF_RETRY,
  RET_PF_SPURIOUS,
} from '../../../../src/mmu/fault-outcome.ts';
import { HOST_DIRTY } from '../../../../src/mmu/host-page-table.ts';
import { PREFAULT_AGAIN, PREFAULT_NO_SLOT, PREFAULT_OK, preFaultMemory } from '../../../../src/mmu/prefault.ts';
import { leaveGuest } from '../../../../src/mmu/vcpu.ts';
import { L1, SLOT_FLAGS, SLOT_INVALID } from '../../../../src/mmu/vm.ts';
import { GhostEvent } from '../../../../src/shared/ghost-event.ts';
import { FROZEN_BITS, WRITABLE } from '../../../../src/shared/spte.ts';
import { mergedKernels } from '../../../../src/variants/variants.ts';
import { createSequentialVm, type SequentialVm } from '../../../support/mmu/sequential-vm.ts';
import {
  access,
  clearYoung,
  createHugeVm,
  createSmallVm,
  leafSpte,
  leafWord,
  validRoot,
} from '../../../support/mmu/small-vm.ts';
import { replaceOperations } from '../../../support/replaced-memory.ts';

const GFN = 3;
const NO_SLOT = 12;

function writeFault(sequential: SequentialVm, present: boolean): number {
  const { m, vm } = sequential;
  return handlePageFault(m, vm, 0, L1, validRoot(sequential), GFN, GFN, true, present);
}

describe.each(mergedKernels)('$name: a page fault', ({ rules }) => {
  it.each([true, false])('on a frame in no slot ends the access, which is emulated (tdpMmu %s)', (tdpMmu) => {
    const events: (readonly [number, number])[] = [];
    const noted: readonly number[] = [GhostEvent.accessBegin, GhostEvent.accessEnd, GhostEvent.faultEnd];
    const { m, vm } = createSequentialVm(
      {
        geometry: { levels: 2, entryBits: 2 },
        slots: [{ gfn: 0, page: 0, pages: 8 }],
        vcpus: 1,
        pages: 8,
        tlbEntries: 0,
        machine: { tdpMmu },
      },
      rules,
      { note: (event, _page, value) => noted.includes(event) && events.push([event, value]) },
    );
    guestAccess(m, vm, 0, 0, 0, true);
    events.length = 0;
    guestAccess(m, vm, 0, NO_SLOT, -1, true);
    leaveGuest(m, vm, 0);
    expect(events).toEqual([
      [GhostEvent.accessBegin, 1],
      [GhostEvent.faultEnd, RET_PF_EMULATE],
    ]);
  });

  it('on what the walk found absent is not mended without mmu_lock, whatever is there by now', () => {
    for (const writable of [true, false]) {
      const sequential = createSmallVm(rules);
      access(sequential, GFN, true);
      if (!writable) sequential.m.clearBits(leafWord(sequential, GFN), WRITABLE);
      const keeps = writable && rules.faultKeepsPresentLeaf;
      expect(writeFault(sequential, false)).toBe(keeps ? RET_PF_SPURIOUS : RET_PF_FIXED);
    }
  });

  it('on what the walk found write-protected is', () => {
    const sequential = createSmallVm(rules);
    access(sequential, GFN, true);
    sequential.m.clearBits(leafWord(sequential, GFN), WRITABLE);
    expect(writeFault(sequential, true)).toBe(RET_PF_FAST_FIXED);
  });

  it('on what may be access-tracked is', () => {
    const sequential = createSmallVm(rules, { machine: { adBits: false } });
    access(sequential, GFN, true);
    clearYoung(sequential, GFN);
    expect(writeFault(sequential, false)).toBe(RET_PF_FAST_FIXED);
  });

  it('that must be retried marks no host page dirty', () => {
    const sequential = createSmallVm(rules);
    const { m, vm } = sequential;
    access(sequential, GFN, true);
    m.clearBits(vm.hostPtes + GFN, HOST_DIRTY);
    m.store(leafWord(sequential, GFN), rules.nonpresentSpte | FROZEN_BITS);
    expect(writeFault(sequential, false)).toBe(RET_PF_RETRY);
    expect(m.load(vm.hostPtes + GFN) & HOST_DIRTY).toBe(0);
  });

  it('marks what it prefetches dirty where writable mappings count as dirt', () => {
    const sequential = createSmallVm(rules, { machine: { tdpMmu: false } });
    const { m, vm } = sequential;
    access(sequential, 0, true);
    const dirty = [0, 1, 2, 3].filter((page) => (m.load(vm.hostPtes + page) & HOST_DIRTY) !== 0);
    expect(leafSpte(sequential, GFN) & WRITABLE).toBe(WRITABLE);
    expect(dirty).toEqual(rules.marksHostPageDirty === 'when-created' ? [0, 1, 2, 3] : []);
  });
});

describe.each(mergedKernels.filter(({ rules }) => rules.hasPrefault))('$name: a prefault', ({ rules }) => {
  it('of frames in no slot says so', () => {
    const { m, vm } = createSmallVm(rules);
    expect(preFaultMemory(m, vm, 0, 6, 8)).toBe(PREFAULT_OK);
    expect(preFaultMemory(m, vm, 0, 6, NO_SLOT)).toBe(PREFAULT_NO_SLOT);
  });

  it.runIf(rules.prefaultGivesUpOnInvalidSlot)(
    'of a slot that is being deleted says that it may be tried again',
    () => {
      const { m, vm } = createSmallVm(rules, { machine: { memslotsChange: true } });
      const flags = vm.memslots + SLOT_FLAGS;
      m.store(flags, m.load(flags) | SLOT_INVALID);
      expect(preFaultMemory(m, vm, 0, 0, 1)).toBe(PREFAULT_AGAIN);
      m.store(flags, m.load(flags) & ~SLOT_INVALID);
      expect(preFaultMemory(m, vm, 0, 0, 1)).toBe(PREFAULT_OK);
    },
  );

  it('reads page tables only under RCU or mmu_lock', () => {
    const { m, vm } = createHugeVm(rules);
    let unguarded = 0;
    let reads = 0;
    const through = replaceOperations(m, (own) => ({
      load: (word) => {
        const value = own.load(word);
        if (word < vm.tables || word >= vm.tables + (vm.tableCount + 1) * vm.entries) return value;
        reads++;
        if (own.load(vm.rcu.readers) === 0 && own.load(vm.mmuLock.cnts) === 0) unguarded++;
        return value;
      },
    }));
    expect(preFaultMemory(through, vm, 0, 0, 8)).toBe(PREFAULT_OK);
    expect([reads > 0, unguarded]).toEqual([true, 0]);
  });

  it.runIf(rules.faultKeepsPresentLeaf)('keeps a present leaf, be it access-tracked', () => {
    const sequential = createSmallVm({ ...rules, fastPageFault: false }, { machine: { adBits: false } });
    const { m, vm } = sequential;
    access(sequential, GFN, true);
    clearYoung(sequential, GFN);
    // Not what would be made anew.
    m.clearBits(leafWord(sequential, GFN), vm.spte.dirty);
    const tracked = leafSpte(sequential, GFN);
    preFaultMemory(m, vm, 0, GFN, GFN + 1);
    expect(leafSpte(sequential, GFN)).toBe(tracked);
  });
});
