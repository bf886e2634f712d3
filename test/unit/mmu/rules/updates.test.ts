import { describe, expect, it } from 'vitest';
import {
  mmuNotifierInvalidateRangeEnd,
  mmuNotifierInvalidateRangeStart,
} from '../../../../src/mmu/invalidate-subscribers.ts';
import type { Rules } from '../../../../src/mmu/rules.ts';
import { mmuSpteUpdate } from '../../../../src/mmu/shadow-spte.ts';
import { L1, L2, type Vm } from '../../../../src/mmu/vm.ts';
import { DIRTY_BIT, tdpMmuProtectMasked } from '../../../../src/mmu/write-protect.ts';
import { zapAllFast } from '../../../../src/mmu/zap-root.ts';
import { FROZEN_BITS, isFrozen, trackAccess, WRITABLE } from '../../../../src/shared/spte.ts';
import { describeRule } from '../../../support/mmu/rule-cases.ts';
import type { SequentialVm } from '../../../support/mmu/sequential-vm.ts';
import { access, createSmallVm, leafWord, validRoot } from '../../../support/mmu/small-vm.ts';
import { StepRecorder } from '../../../support/step-recorder.ts';

const GFN = 1;
const VOLATILE = 'spte_has_volatile_bits';
const NEEDS = 'spte_needs_atomic_update';

/** States of a leaf that was created writable, accessed and dirty, and under which rules its update is an exchange. */
interface LeafState {
  readonly state: string;
  readonly of: (vm: Vm, spte: number) => number;
  readonly atomic: readonly Rules['atomicUpdate'][];
}

const withAdBits: readonly LeafState[] = [
  { state: 'writable, dirty and young', of: (_, spte) => spte, atomic: [] },
  { state: 'writable, dirty and old', of: ({ spte: { accessed } }, spte) => spte & ~accessed, atomic: [VOLATILE] },
  { state: 'writable and clean', of: ({ spte: { dirty } }, spte) => spte & ~dirty, atomic: [VOLATILE, NEEDS] },
  { state: 'protected, to become writable', of: (_, spte) => spte & ~WRITABLE, atomic: [VOLATILE, NEEDS] },
  {
    state: 'protected for good and young',
    of: ({ spte: { mmuWritable } }, spte) => spte & ~(WRITABLE | mmuWritable),
    atomic: [],
  },
  {
    state: 'protected for good and old',
    of: ({ spte: { mmuWritable, accessed } }, spte) => spte & ~(WRITABLE | mmuWritable | accessed),
    atomic: [VOLATILE],
  },
];

const withoutAdBits: readonly LeafState[] = [
  { state: 'writable', of: (_, spte) => spte, atomic: [NEEDS] },
  { state: 'protected, to become writable', of: (_, spte) => spte & ~WRITABLE, atomic: [VOLATILE, NEEDS] },
  {
    state: 'protected for good',
    of: ({ spte: { mmuWritable } }, spte) => spte & ~(WRITABLE | mmuWritable),
    atomic: [NEEDS],
  },
  { state: 'access-tracked', of: ({ spte }, leaf) => trackAccess(spte, leaf), atomic: [VOLATILE, NEEDS] },
  {
    state: 'access-tracked and protected for good',
    of: ({ spte }, leaf) => trackAccess(spte, leaf & ~(WRITABLE | spte.mmuWritable)),
    atomic: [VOLATILE, NEEDS],
  },
];

const leaves = [
  ...withAdBits.map((leaf) => [`${leaf.state}, with A/D bits`, true, leaf] as const),
  ...withoutAdBits.map((leaf) => [`${leaf.state}, without A/D bits`, false, leaf] as const),
];

function invalidate({ vm, host }: SequentialVm, { m }: StepRecorder): void {
  mmuNotifierInvalidateRangeStart(m, vm, host, GFN, GFN + 1);
  mmuNotifierInvalidateRangeEnd(m, vm, host, GFN, GFN + 1);
}

describeRule('atomicUpdate', ({ rules, value }) => {
  describe.each(leaves)('a leaf that is %s,', (_state, adBits, { of, atomic }) => {
    const operation = atomic.includes(value) ? 'exchange' : 'store';
    const createVmWithLeaf = (mode: number) => {
      const sequential = createSmallVm(rules, { machine: { nested: true, adBits } });
      access(sequential, GFN, true, mode);
      const leaf = leafWord(sequential, GFN, mode);
      sequential.m.store(leaf, of(sequential.vm, sequential.m.load(leaf)));
      return { sequential, leaf, recorder: new StepRecorder(sequential.m) };
    };

    it.each([
      ['TDP MMU', L1],
      ['shadow MMU', L2],
    ])(`is zapped in the %s by ${operation}`, (_, mode) => {
      const { sequential, leaf, recorder } = createVmWithLeaf(mode);
      invalidate(sequential, recorder);
      expect(recorder.changesOf(leaf)).toEqual([operation]);
      expect(sequential.m.load(leaf)).toBe(rules.nonpresentSpte);
    });

    it(`is updated in the shadow MMU by ${operation}`, () => {
      const { sequential, leaf, recorder } = createVmWithLeaf(L2);
      const next = sequential.m.load(leaf) & ~(WRITABLE | sequential.vm.spte.mmuWritable);
      mmuSpteUpdate(recorder.m, sequential.vm, leaf, next);
      expect(recorder.changesOf(leaf)).toEqual([operation]);
      expect(sequential.m.load(leaf)).toBe(next);
    });
  });
});

describeRule('protectsMaskedBy', ({ rules, value }) => {
  const atomic = value === 'exchange-or-store' ? 'exchange' : 'clearBits';

  it.each([
    [VOLATILE, atomic],
    [NEEDS, 'store'],
  ] as const)(
    'takes Dirty from an old page of the dirty log by its operation, if %s says so',
    (atomicUpdate, operation) => {
      const sequential = createSmallVm({ ...rules, atomicUpdate }, { machine: { pml: true, memslotsChange: true } });
      const { m, vm, host } = sequential;
      access(sequential, GFN, true);
      const leaf = leafWord(sequential, GFN);
      for (const [spte, expected] of [
        [m.load(leaf), 'store'],
        [m.load(leaf) & ~vm.spte.accessed, operation],
      ] as const) {
        m.store(leaf, spte);
        const recorder = new StepRecorder(m);
        tdpMmuProtectMasked(recorder.m, vm, host, 0, 0, 1 << GFN, DIRTY_BIT);
        expect(recorder.changesOf(leaf)).toEqual([expected]);
        expect(m.load(leaf)).toBe(spte & ~vm.spte.dirty);
      }
    },
  );
});

describeRule('writeLossFlushes', ({ rules, value }) => {
  it('asks for a flush when a shadow MMU leaf loses W, or only when it loses MMU-writable', () => {
    const sequential = createSmallVm(rules, { machine: { nested: true } });
    const { m, vm } = sequential;
    const { mmuWritable } = vm.spte;
    access(sequential, GFN, true, L2);
    const leaf = leafWord(sequential, GFN, L2);
    const writable = m.load(leaf);
    const losses = [
      [writable, writable & ~WRITABLE],
      [writable, writable & ~(WRITABLE | mmuWritable)],
      // Aging and logging take W without a flush: some TLB may still write.
      [writable & ~WRITABLE, writable & ~(WRITABLE | mmuWritable)],
      [writable & ~(WRITABLE | mmuWritable), writable & ~(WRITABLE | mmuWritable)],
    ] as const;
    const flushes = losses.map(([old, next]) => {
      m.store(leaf, old);
      return mmuSpteUpdate(m, vm, leaf, next);
    });
    expect(flushes).toEqual([value === 'writable', true, true, false]);
  });
});

describeRule('flushesClearedAccessedDirty', ({ rules, value }) => {
  const { spte: ept } = createSmallVm(rules).vm;
  const { accessed, dirty, mmuWritable } = ept;

  it.each([
    ['nothing', 0, false],
    ['Accessed', accessed, value],
    ['Dirty', dirty, value],
    ['Accessed and Dirty', accessed | dirty, value],
    ['W', WRITABLE, rules.writeLossFlushes === 'writable'],
    ['W and MMU-writable', WRITABLE | mmuWritable, true],
  ])('asks for a flush when an update takes away %s, or does not', (_, taken, flush) => {
    const sequential = createSmallVm(rules, { machine: { nested: true } });
    const { m, vm } = sequential;
    access(sequential, GFN, true, L2);
    const leaf = leafWord(sequential, GFN, L2);
    expect(mmuSpteUpdate(m, vm, leaf, m.load(leaf) & ~taken)).toBe(flush);
  });

  it('asks for none when an update adds bits, or makes an absent entry present', () => {
    const sequential = createSmallVm(rules, { machine: { nested: true } });
    const { m, vm } = sequential;
    access(sequential, GFN, true, L2);
    const leaf = leafWord(sequential, GFN, L2);
    const full = m.load(leaf);
    m.store(leaf, full & ~(accessed | dirty | WRITABLE));
    expect(mmuSpteUpdate(m, vm, leaf, full)).toBe(false);
    m.store(leaf, vm.rules.nonpresentSpte);
    expect(mmuSpteUpdate(m, vm, leaf, full & ~accessed)).toBe(false);
  });

  it('counts W as Dirty where there are no A/D bits, and tracking as loss of Accessed', () => {
    const sequential = createSmallVm(rules, { machine: { nested: true, adBits: false } });
    const { m, vm } = sequential;
    access(sequential, GFN, true, L2);
    const leaf = leafWord(sequential, GFN, L2);
    // Neither W nor MMU-writable: what is left to lose is the access.
    const readOnly = m.load(leaf) & ~(WRITABLE | mmuWritable);
    m.store(leaf, readOnly);
    expect(mmuSpteUpdate(m, vm, leaf, trackAccess(ept, readOnly) & ~accessed)).toBe(value);
  });
});

describeRule('nonpresentSpte', ({ rules, value }) => {
  const tableWords = ({ m, vm }: SequentialVm, leaf: number): number[] => {
    const first = leaf - ((leaf - vm.tables) % vm.entries);
    return Array.from({ length: vm.entries }, (_, i) => m.load(first + i));
  };

  it('fills the absent entries of a new table with its value', () => {
    const sequential = createSmallVm(rules);
    access(sequential, GFN, true);
    const leaf = leafWord(sequential, GFN);
    const entries = tableWords(sequential, leaf);
    expect(entries.filter((_, index) => index !== GFN)).toEqual([value, value, value]);
  });

  it.each([
    ['TDP MMU', L1],
    ['shadow MMU', L2],
  ])('leaves it where the %s has zapped a leaf', (_, mode) => {
    const sequential = createSmallVm(rules, { machine: { nested: true } });
    access(sequential, GFN, true, mode);
    const leaf = leafWord(sequential, GFN, mode);
    invalidate(sequential, new StepRecorder(sequential.m));
    expect(sequential.m.load(leaf)).toBe(value);
  });

  it('leaves it where a shadow page is linked no more', () => {
    const sequential = createSmallVm(rules, { machine: { tdpMmu: false } });
    const { m, vm, host } = sequential;
    access(sequential, GFN, true);
    const root = validRoot(sequential);
    zapAllFast(m, vm, host);
    expect(tableWords(sequential, vm.tables + root * vm.entries)).toEqual([value, value, value, value]);
  });

  it('is part of the frozen value that a removed table is filled with', () => {
    const sequential = createSmallVm(rules);
    const { m, vm, host } = sequential;
    access(sequential, GFN, true);
    const leaf = leafWord(sequential, GFN);
    zapAllFast(m, vm, host);
    expect(tableWords(sequential, leaf)).toEqual(Array(vm.entries).fill(value | FROZEN_BITS));
    expect(isFrozen(m.load(leaf))).toBe(true);
  });
});
