import { expect, it } from 'vitest';
import { HOST_DIRTY } from '../../../../src/mmu/host-page-table.ts';
import type { Rules } from '../../../../src/mmu/rules.ts';
import { L2 } from '../../../../src/mmu/vm.ts';
import type { Memory } from '../../../../src/shared/memory.ts';
import { describeRule } from '../../../support/mmu/rule-cases.ts';
import { access, clearYoung, createHugeVm, createSmallVm, leafWord } from '../../../support/mmu/small-vm.ts';
import { replaceOperations } from '../../../support/replaced-memory.ts';
import { StepRecorder } from '../../../support/step-recorder.ts';

const GFN = 1;

/** What clears Accessed in a TDP leaf: one whose Dirty bit the hardware may set meanwhile, and one that has it set. */
const operations: { readonly [Value in Rules['clearsAccessedBy']]: Record<'clean' | 'dirty', keyof Memory> } = {
  'exchange-or-store': { clean: 'exchange', dirty: 'store' },
  'fetch-and-or-store': { clean: 'clearBits', dirty: 'store' },
  'atomic-and': { clean: 'clearBits', dirty: 'clearBits' },
  'load-and-store': { clean: 'store', dirty: 'store' },
};

describeRule('clearsAccessedBy', ({ rules, value }) => {
  it.each(['clean', 'dirty'] as const)('clears Accessed of a writable, %s 4K leaf by its operation', (state) => {
    const sequential = createSmallVm(rules);
    const { m, vm } = sequential;
    access(sequential, GFN, true);
    const leaf = leafWord(sequential, GFN);
    if (state === 'clean') m.clearBits(leaf, vm.spte.dirty);
    const before = m.load(leaf);
    const recorder = new StepRecorder(m);
    expect(clearYoung(sequential, GFN, recorder.m).answer).toBe('young');
    expect(recorder.changesOf(leaf)).toEqual([operations[value][state]]);
    expect(m.load(leaf)).toBe(before & ~vm.spte.accessed);
  });

  it('clears Accessed of a 2M leaf by the same', () => {
    const sequential = createHugeVm(rules);
    const { m, vm } = sequential;
    access(sequential, GFN, true);
    const leaf = leafWord(sequential, GFN);
    m.clearBits(leaf, vm.spte.dirty);
    const recorder = new StepRecorder(m);
    expect(clearYoung(sequential, GFN, recorder.m).answer).toBe('young');
    expect(recorder.changesOf(leaf)).toEqual([operations[value].clean]);
  });

  it('never stores in the shadow MMU, whose aging may go without mmu_lock', () => {
    const sequential = createSmallVm(rules, { machine: { nested: true } });
    access(sequential, GFN, true, L2);
    const recorder = new StepRecorder(sequential.m);
    expect(clearYoung(sequential, GFN, recorder.m).answer).toBe('young');
    expect(recorder.changesOf(leafWord(sequential, GFN, L2))).toEqual(['clearBits']);
  });

  it('does not lose a Dirty bit that the hardware sets right before the operation, unless it stores', () => {
    const sequential = createSmallVm(rules);
    const { m, vm } = sequential;
    access(sequential, GFN, true);
    const leaf = leafWord(sequential, GFN);
    m.clearBits(leaf, vm.spte.dirty);
    m.clearBits(vm.hostPtes + GFN, HOST_DIRTY);
    // The hardware's step comes between the look at the leaf and whatever changes it.
    const racing = replaceOperations(m, (port) => ({
      peek(word) {
        const seen = port.peek(word);
        if (word === leaf) m.setBits(leaf, vm.spte.dirty);
        return seen;
      },
    }));
    clearYoung(sequential, GFN, racing);
    const inLeaf = m.testBits(leaf, vm.spte.dirty);
    const inHostPage = m.testBits(vm.hostPtes + GFN, HOST_DIRTY);
    if (value === 'exchange-or-store') {
      expect([inLeaf, inHostPage]).toEqual([false, rules.marksHostPageDirty === 'when-lost']);
    } else {
      expect([inLeaf, inHostPage]).toEqual([value !== 'load-and-store', false]);
    }
  });
});
