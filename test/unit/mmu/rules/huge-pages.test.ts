import { expect, it } from 'vitest';
import { hostPmdWord, lookUpHostPage } from '../../../../src/mmu/host-page-state.ts';
import {
  HOST_ACCESSED,
  HOST_HUGE,
  HOST_PRESENT,
  HOST_WRITABLE,
  HOST_ZERO,
  hostVersionOf,
} from '../../../../src/mmu/host-page-table.ts';
import { enableDirtyLogging } from '../../../../src/mmu/memslot-update.ts';
import { isWritable } from '../../../../src/mmu/spte-state.ts';
import { hostTouch } from '../../../../src/notifier/host-memory.ts';
import { backingOf, isLargeLeaf, isShadowPresent } from '../../../../src/shared/spte.ts';
import { describeRule } from '../../../support/mmu/rule-cases.ts';
import type { SequentialVm } from '../../../support/mmu/sequential-vm.ts';
import { access, createHugeVm, HUGE_PAGES, leafSpte, leafWord } from '../../../support/mmu/small-vm.ts';
import { replaceOperations } from '../../../support/replaced-memory.ts';
import { StepRecorder } from '../../../support/step-recorder.ts';

const GFN = 1;
const frames = Array.from({ length: HUGE_PAGES }, (_, gfn) => gfn);
const isMapped = (sequential: SequentialVm, gfn: number): boolean => isShadowPresent(leafSpte(sequential, gfn));
const isHuge = (sequential: SequentialVm, gfn: number): boolean =>
  isMapped(sequential, gfn) && isLargeLeaf(leafSpte(sequential, gfn));

describeRule('faultBelowHugeLeaf', ({ rules, value }) => {
  /** A 2M leaf that logging has write-protected, and nothing has split. */
  const createVmWithProtectedLeaf = () => {
    const sequential = createHugeVm({ ...rules, loggingSplits: false }, { machine: { memslotsChange: true } });
    const { m, vm, host } = sequential;
    access(sequential, GFN, true);
    expect(isHuge(sequential, GFN)).toBe(true);
    enableDirtyLogging(m, vm, host, 0);
    expect([isHuge(sequential, GFN), isWritable(leafSpte(sequential, GFN))]).toEqual([true, false]);
    return sequential;
  };

  it('leaves only the page mapped that was written, or all of them', () => {
    const sequential = createVmWithProtectedLeaf();
    access(sequential, GFN, true);
    expect(frames.filter((gfn) => isMapped(sequential, gfn))).toEqual(value === 'zap' ? [GFN] : frames);
    expect(frames.some((gfn) => isHuge(sequential, gfn))).toBe(false);
    expect(frames.filter((gfn) => isWritable(leafSpte(sequential, gfn)))).toEqual([GFN]);
  });

  it('reaches the same host pages as before', () => {
    const sequential = createVmWithProtectedLeaf();
    const version = backingOf(leafSpte(sequential, GFN));
    access(sequential, GFN, true);
    for (const gfn of frames.filter((frame) => isMapped(sequential, frame))) {
      expect(backingOf(leafSpte(sequential, gfn))).toBe(version);
    }
  });

  it('flushes TLBs if it zaps, and need not if it splits', () => {
    const sequential = createVmWithProtectedLeaf();
    const { m, vm } = sequential;
    const recorder = new StepRecorder(m);
    access({ m: recorder.m, vm }, GFN, true);
    // A request to the vCPU itself, which is outside the guest and has not serviced it when it looks again.
    const requests = recorder.steps.filter(
      ({ operation, word }) => word === vm.vcpuStates && operation === 'setBits',
    ).length;
    expect(requests > 0).toBe(value === 'zap');
  });
});

describeRule('zapBookkeeping', ({ rules: own, value }) => {
  it('hands on what a leaf knew that is zapped under mmu_lock for read, before TLBs are flushed or after', () => {
    const rules = { ...own, faultBelowHugeLeaf: 'zap', loggingSplits: false, passesAccessedOn: true } as const;
    const sequential = createHugeVm(rules, { machine: { memslotsChange: true } });
    const { m, vm, host } = sequential;
    access(sequential, GFN, true);
    enableDirtyLogging(m, vm, host, 0);
    const hostPage = hostPmdWord(vm, GFN);
    const recorder = new StepRecorder(m);
    let order: number[] = [];
    const atFlush = replaceOperations(recorder.m, (port) => ({
      setBits(word, mask) {
        port.setBits(word, mask);
        if (word === vm.vcpuStates) order = recorder.changedInOrder([hostPage]);
      },
    }));
    access({ m: atFlush, vm }, GFN, true);
    expect(m.testBits(hostPage, HOST_ACCESSED)).toBe(true);
    expect(order).toEqual(value === 'before-flush' ? [hostPage] : []);
  });
});

describeRule('hugePagesNeedAlignment', ({ rules, value }) => {
  it('maps by a 2M leaf where guest and host addresses have the same offset', () => {
    const sequential = createHugeVm(rules, { slots: [{ gfn: 4, page: 0, pages: 8 }] });
    access(sequential, 5, true);
    expect(isHuge(sequential, 5)).toBe(true);
  });

  it('maps by 4K leaves where they do not, or by a 2M leaf all the same', () => {
    const sequential = createHugeVm(rules, { slots: [{ gfn: 0, page: 2, pages: 8 }], pages: 12 });
    access(sequential, GFN, true);
    expect(lookUpHostPage(sequential.m, sequential.vm, 3) & HOST_HUGE).toBe(HOST_HUGE);
    expect(isHuge(sequential, GFN)).toBe(!value);
  });

  it('maps by 4K leaves where the 2M page is not wholly in the slot, or by a 2M leaf all the same', () => {
    const sequential = createHugeVm(rules, { slots: [{ gfn: 0, page: 0, pages: 6 }] });
    access(sequential, 5, true);
    expect(lookUpHostPage(sequential.m, sequential.vm, 5) & HOST_HUGE).toBe(HOST_HUGE);
    expect(isHuge(sequential, 5)).toBe(!value);
  });
});

describeRule('hugeZeroPageWritten', ({ rules, value }) => {
  const ZERO = HOST_PRESENT | HOST_ZERO;

  it.each([
    ['the guest', (sequential: SequentialVm) => access(sequential, GFN, true)],
    ['the host', ({ m, vm, host }: SequentialVm) => hostTouch(m, vm, host, GFN, true)],
  ])('splits the zero page when %s writes to it, or gives it a 2M page', (_, write) => {
    const sequential = createHugeVm(rules);
    const { m, vm } = sequential;
    access(sequential, GFN, false);
    const pmd = hostPmdWord(vm, GFN);
    const zero = m.load(pmd);
    expect([zero & (ZERO | HOST_WRITABLE), isHuge(sequential, GFN)]).toEqual([ZERO, true]);
    write(sequential);
    const others = frames.filter((page) => page !== GFN).map((page) => lookUpHostPage(m, vm, page));
    const written = lookUpHostPage(m, vm, GFN);
    expect(written & (HOST_WRITABLE | HOST_ZERO)).toBe(HOST_WRITABLE);
    expect(hostVersionOf(written)).not.toBe(hostVersionOf(zero));
    if (value === 'replace') {
      expect(written & HOST_HUGE).toBe(HOST_HUGE);
      expect(others).toEqual([written, written, written]);
    } else {
      expect(m.load(pmd) & HOST_PRESENT).toBe(0);
      expect(others.map((entry) => entry & (ZERO | HOST_WRITABLE | HOST_HUGE))).toEqual([ZERO, ZERO, ZERO]);
      expect(others.map(hostVersionOf)).toEqual(Array(3).fill(hostVersionOf(zero)));
    }
  });

  it('takes the whole 2M leaf from the guest before the page is another', () => {
    const sequential = createHugeVm(rules);
    const { m, vm, host } = sequential;
    access(sequential, GFN, false);
    const leaf = leafWord(sequential, GFN);
    hostTouch(m, vm, host, GFN, true);
    expect(isShadowPresent(m.load(leaf))).toBe(false);
  });

  it('maps what the guest has written as the host has it now', () => {
    const sequential = createHugeVm(rules);
    access(sequential, GFN, false);
    access(sequential, GFN, true);
    const { m, vm } = sequential;
    expect(isHuge(sequential, GFN)).toBe(value === 'replace');
    expect(backingOf(leafSpte(sequential, GFN))).toBe(hostVersionOf(lookUpHostPage(m, vm, GFN)));
    expect(isWritable(leafSpte(sequential, GFN))).toBe(true);
  });
});
