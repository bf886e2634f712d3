import { describe, expect, it } from 'vitest';
import { HOST_DIRTY, HOST_WRITABLE } from '../../../../src/mmu/host-page-table.ts';
import type { Rules } from '../../../../src/mmu/rules.ts';
import { isAccessed, isWritable } from '../../../../src/mmu/spte-state.ts';
import { L1, L2, type MachineSpec } from '../../../../src/mmu/vm.ts';
import { isAccessTracked, WRITABLE } from '../../../../src/shared/spte.ts';
import { describeRule } from '../../../support/mmu/rule-cases.ts';
import { access, clearYoung, createSmallVm, leafSpte, leafWord, testYoung } from '../../../support/mmu/small-vm.ts';
import { replaceOperations } from '../../../support/replaced-memory.ts';
import { StepRecorder } from '../../../support/step-recorder.ts';

const GFN = 1;

const mmus = [
  ['TDP MMU', L1],
  ['shadow MMU', L2],
] as const;

describe.each(mmus)('Without A/D bits, in the %s:', (_mmu, mode) => {
  const machine: MachineSpec = { adBits: false, nested: true };

  const createVmWithLeaf = (rules: Rules) => {
    const sequential = createSmallVm(rules, { machine });
    access(sequential, GFN, true, mode);
    return { sequential, ...sequential, leaf: leafWord(sequential, GFN, mode) };
  };

  describeRule('tracksAccessBy', ({ rules, value }) => {
    const volatileRules = [
      { atomicUpdate: 'spte_has_volatile_bits', otherwise: 'store' },
      { atomicUpdate: 'spte_needs_atomic_update', otherwise: 'exchange' },
    ] as const;

    it.each(volatileRules)(
      'marks a writable leaf by its operation, under $atomicUpdate',
      ({ atomicUpdate, otherwise }) => {
        const { sequential, m, vm, leaf } = createVmWithLeaf({ ...rules, atomicUpdate });
        const recorder = new StepRecorder(m);
        expect(clearYoung(sequential, GFN, recorder.m).answer).toBe('young');
        expect(recorder.changesOf(leaf)).toEqual([value === 'compare-exchange' ? 'tryReplace' : otherwise]);
        expect(isAccessTracked(vm.spte, m.load(leaf))).toBe(true);
      },
    );

    it.each(volatileRules)(
      'marks a leaf that only lacks W by one that is atomic, under $atomicUpdate',
      ({ atomicUpdate }) => {
        const { sequential, m, leaf } = createVmWithLeaf({ ...rules, atomicUpdate });
        m.clearBits(leaf, WRITABLE);
        const recorder = new StepRecorder(m);
        clearYoung(sequential, GFN, recorder.m);
        expect(recorder.changesOf(leaf)).toEqual([value === 'compare-exchange' ? 'tryReplace' : 'exchange']);
      },
    );

    it('gives up where the leaf has changed since, or writes over it; either way the page counts as young', () => {
      const { sequential, m, leaf } = createVmWithLeaf(rules);
      const seen = m.load(leaf);
      const changed = seen & ~WRITABLE;
      const racing = replaceOperations(m, (port) => ({
        peek(word) {
          const spte = port.peek(word);
          if (word === leaf) m.store(leaf, changed);
          return spte;
        },
      }));
      expect(clearYoung(sequential, GFN, racing).answer).toBe('young');
      expect(m.load(leaf) === changed).toBe(value === 'compare-exchange');
      expect(testYoung(sequential, GFN).answer).toBe(value === 'compare-exchange' ? 'young' : 'old');
    });
  });

  describeRule('tracksDirtyFirst', ({ rules, value }) => {
    // Only this rule is to mark the host page: neither the fault nor the update of the leaf does.
    const alone = { ...rules, marksHostPageDirty: 'when-created', tracksAccessBy: 'compare-exchange' } as const;

    it.each([
      ['writable', WRITABLE, value],
      ['read-only', 0, false],
    ])('marks the host page of a %s leaf dirty, or does not', (_, writable, marked) => {
      const { sequential, m, vm, leaf } = createVmWithLeaf(alone);
      if (writable === 0) m.clearBits(leaf, WRITABLE);
      m.clearBits(vm.hostPtes + GFN, HOST_DIRTY);
      expect(clearYoung(sequential, GFN).answer).toBe('young');
      expect(m.testBits(vm.hostPtes + GFN, HOST_DIRTY)).toBe(marked);
    });

    it('marks it before the leaf is tracked, so that nobody finds neither', () => {
      const { sequential, m, vm, leaf } = createVmWithLeaf(alone);
      m.clearBits(vm.hostPtes + GFN, HOST_DIRTY);
      const recorder = new StepRecorder(m);
      clearYoung(sequential, GFN, recorder.m);
      const hostPage = vm.hostPtes + GFN;
      expect(recorder.changedInOrder([leaf, hostPage])).toEqual(value ? [hostPage, leaf] : [leaf]);
    });
  });

  describeRule('accessedMeans', ({ rules, value }) => {
    const hasBit = value === 'accessed-bit';

    it('sets the Accessed bit of a new leaf, or leaves it alone; either way the page is young', () => {
      const { sequential, m, vm, leaf } = createVmWithLeaf(rules);
      expect(m.testBits(leaf, vm.spte.accessed)).toBe(hasBit);
      expect(testYoung(sequential, GFN).answer).toBe('young');
    });

    it('goes by the bit, or by the tracking, where the two disagree', () => {
      const { sequential, m, vm, leaf } = createVmWithLeaf(rules);
      const untracked = m.load(leaf);
      m.store(leaf, untracked & ~vm.spte.accessed);
      expect(testYoung(sequential, GFN).answer).toBe(hasBit ? 'old' : 'young');
      m.store(leaf, (untracked & ~vm.spte.accessTrack) | vm.spte.accessed);
      expect(testYoung(sequential, GFN).answer).toBe(hasBit ? 'young' : 'old');
    });

    it('makes a page old, and the next access makes it young again', () => {
      const { sequential, m, vm, leaf } = createVmWithLeaf(rules);
      expect(clearYoung(sequential, GFN).answer).toBe('young');
      const tracked = m.load(leaf);
      expect([isAccessTracked(vm.spte, tracked), isAccessed(vm, tracked), isWritable(tracked)]).toEqual([
        true,
        false,
        false,
      ]);
      expect(m.testBits(leaf, vm.spte.accessed)).toBe(false);
      expect(clearYoung(sequential, GFN).answer).toBe('old');
      access(sequential, GFN, true, mode);
      expect(testYoung(sequential, GFN).answer).toBe('young');
      expect(m.testBits(leaf, vm.spte.accessed)).toBe(hasBit);
    });
  });

  describeRule('hasSoftwareDirtyBit', ({ rules, value }) => {
    it('sets Dirty of a new writable leaf, or leaves it alone', () => {
      const { sequential, vm } = createVmWithLeaf(rules);
      const spte = leafSpte(sequential, GFN, mode);
      expect(isWritable(spte)).toBe(true);
      expect((spte & vm.spte.dirty) !== 0).toBe(value);
    });

    it('sets it nowhere else', () => {
      const sequential = createSmallVm(rules, { machine });
      const { m, vm } = sequential;
      // The host has the page, but not writable.
      m.clearBits(vm.hostPtes + GFN, HOST_WRITABLE);
      access(sequential, GFN, false, mode);
      expect(leafSpte(sequential, GFN, mode) & (WRITABLE | vm.spte.dirty)).toBe(0);
    });
  });
});

describe('Without A/D bits, in the TDP MMU:', () => {
  describeRule('trackingHandsDirtOn', ({ rules: own, value }) => {
    it('hands W on to the host page that a fast page fault gave the leaf after it was read, or drops it', () => {
      const rules = { ...own, tracksAccessBy: 'exchange-or-store', marksHostPageDirty: 'when-lost' } as const;
      const sequential = createSmallVm(rules, { machine: { adBits: false } });
      const { m, vm } = sequential;
      access(sequential, GFN, true);
      const leaf = leafWord(sequential, GFN);
      m.clearBits(leaf, WRITABLE);
      m.clearBits(vm.hostPtes + GFN, HOST_DIRTY);
      const racing = replaceOperations(m, (port) => ({
        peek(word) {
          const spte = port.peek(word);
          if (word === leaf) m.setBits(leaf, WRITABLE);
          return spte;
        },
      }));
      clearYoung(sequential, GFN, racing);
      expect(isAccessTracked(vm.spte, m.load(leaf))).toBe(true);
      expect(m.testBits(vm.hostPtes + GFN, HOST_DIRTY)).toBe(value);
    });
  });
});

describe('With A/D bits:', () => {
  describeRule('hasSoftwareDirtyBit', ({ rules }) => {
    it('has the hardware bit set in a new writable leaf', () => {
      const sequential = createSmallVm(rules);
      access(sequential, GFN, false);
      expect(leafSpte(sequential, GFN) & sequential.vm.spte.dirty).not.toBe(0);
    });
  });
});
