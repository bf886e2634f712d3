import { describe, expect, it } from 'vitest';
import { HOST_ACCESSED, HOST_DIRTY } from '../../../../src/mmu/host-page-table.ts';
import {
  mmuNotifierInvalidateRangeEnd,
  mmuNotifierInvalidateRangeStart,
} from '../../../../src/mmu/invalidate-subscribers.ts';
import type { Rules } from '../../../../src/mmu/rules.ts';
import { mmuSpteUpdate } from '../../../../src/mmu/shadow-spte.ts';
import { L1, L2 } from '../../../../src/mmu/vm.ts';
import { zapAllFast } from '../../../../src/mmu/zap-root.ts';
import { describeRule } from '../../../support/mmu/rule-cases.ts';
import type { SequentialVm } from '../../../support/mmu/sequential-vm.ts';
import { access, createSmallVm, leafWord } from '../../../support/mmu/small-vm.ts';

const GFN = 1;
const mmus = [
  ['TDP MMU', L1],
  ['shadow MMU', L2],
] as const;

function createVmWithLeaf(rules: Rules, mode: number, write: boolean) {
  const sequential = createSmallVm(rules, { machine: { nested: true } });
  access(sequential, GFN, write, mode);
  return { sequential, ...sequential, leaf: leafWord(sequential, GFN, mode) };
}

function invalidate({ m, vm, host }: SequentialVm): void {
  mmuNotifierInvalidateRangeStart(m, vm, host, GFN, GFN + 1);
  mmuNotifierInvalidateRangeEnd(m, vm, host, GFN, GFN + 1);
}

const zapAll = ({ m, vm, host }: SequentialVm): void => zapAllFast(m, vm, host);

const has = ({ m, vm }: SequentialVm, flag: number): boolean => m.testBits(vm.hostPtes + GFN, flag);

describeRule('passesAccessedOn', ({ rules, value }) => {
  describe.each(mmus)('in the %s', (_, mode) => {
    it.each([
      ['an invalidation', invalidate],
      ['a zap of everything', zapAll],
    ])('hands Accessed on to the host page when %s zaps its leaf, or drops it', (_what, zap) => {
      const { sequential } = createVmWithLeaf(rules, mode, false);
      expect(has(sequential, HOST_ACCESSED)).toBe(false);
      zap(sequential);
      expect(has(sequential, HOST_ACCESSED)).toBe(value);
    });

    it('hands nothing on from an old leaf', () => {
      const { sequential, m, vm, leaf } = createVmWithLeaf(rules, mode, false);
      m.clearBits(leaf, vm.spte.accessed);
      invalidate(sequential);
      expect(has(sequential, HOST_ACCESSED)).toBe(false);
    });
  });

  it('does the same when a shadow MMU leaf loses Accessed', () => {
    const { sequential, m, vm, leaf } = createVmWithLeaf(rules, L2, false);
    mmuSpteUpdate(m, vm, leaf, m.load(leaf) & ~vm.spte.accessed);
    expect(has(sequential, HOST_ACCESSED)).toBe(value);
  });
});

describeRule('marksHostPageDirty', ({ rules, value }) => {
  describe.each(mmus)('in the %s', (_, mode) => {
    it.each([
      ['write', true],
      ['read', false],
    ])('marks the host page when a %s makes a writable leaf, or when the leaf is zapped', (_what, write) => {
      const { sequential, m, vm } = createVmWithLeaf(rules, mode, write);
      expect(has(sequential, HOST_DIRTY)).toBe(value === 'when-created');
      m.clearBits(vm.hostPtes + GFN, HOST_DIRTY);
      invalidate(sequential);
      expect(has(sequential, HOST_DIRTY)).toBe(value === 'when-lost');
    });

    it('does the same when everything is zapped', () => {
      const { sequential, m, vm } = createVmWithLeaf(rules, mode, true);
      m.clearBits(vm.hostPtes + GFN, HOST_DIRTY);
      zapAll(sequential);
      expect(has(sequential, HOST_DIRTY)).toBe(value === 'when-lost');
    });

    it('hands nothing on from a clean leaf', () => {
      const { sequential, m, vm, leaf } = createVmWithLeaf(rules, mode, true);
      m.clearBits(vm.hostPtes + GFN, HOST_DIRTY);
      m.clearBits(leaf, vm.spte.dirty);
      invalidate(sequential);
      expect(has(sequential, HOST_DIRTY)).toBe(false);
    });
  });

  it('marks the host page when a shadow MMU leaf loses Dirty, or does not', () => {
    const { sequential, m, vm, leaf } = createVmWithLeaf(rules, L2, true);
    m.clearBits(vm.hostPtes + GFN, HOST_DIRTY);
    mmuSpteUpdate(m, vm, leaf, m.load(leaf) & ~vm.spte.dirty);
    expect(has(sequential, HOST_DIRTY)).toBe(value === 'when-lost');
  });
});
