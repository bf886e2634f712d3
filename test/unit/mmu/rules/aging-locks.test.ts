import { expect, it } from 'vitest';
import { RMAP_LOCKED } from '../../../../src/locks/rmap-lock.ts';
import {
  mmuNotifierInvalidateRangeEnd,
  mmuNotifierInvalidateRangeStart,
} from '../../../../src/mmu/invalidate-subscribers.ts';
import { rmapHead } from '../../../../src/mmu/rmap.ts';
import { L2 } from '../../../../src/mmu/vm.ts';
import { zapAllFast } from '../../../../src/mmu/zap-root.ts';
import { PAGE_BYTES } from '../../../../src/notifier/byte-range.ts';
import { mmuNotifierClearFlushYoung, mmuNotifierClearYoung } from '../../../../src/notifier/subscribers.ts';
import type { Memory, Word } from '../../../../src/shared/memory.ts';
import { describeRule } from '../../../support/mmu/rule-cases.ts';
import { access, clearYoung, createSmallVm, leafWord, testYoung } from '../../../support/mmu/small-vm.ts';
import { replaceOperations } from '../../../support/replaced-memory.ts';
import { StepRecorder } from '../../../support/step-recorder.ts';

const GFN = 1;

describeRule('agingTakesMmuLock', ({ rules, value }) => {
  const taken = value ? ['tryReplace', 'clearBits'] : [];

  it.each([
    ['test_young', testYoung],
    ['clear_young', clearYoung],
  ])('takes mmu_lock for write in %s, or does not touch it', (_, age) => {
    const sequential = createSmallVm(rules);
    access(sequential, GFN, false);
    const recorder = new StepRecorder(sequential.m);
    expect(age(sequential, GFN, recorder.m).answer).toBe('young');
    expect(recorder.changesOf(sequential.vm.mmuLock.cnts)).toEqual(taken);
    expect(sequential.m.load(sequential.vm.mmuLock.cnts)).toBe(0);
  });

  it('does the same in clear_flush_young', () => {
    const sequential = createSmallVm(rules);
    const { m, vm, host } = sequential;
    access(sequential, GFN, false);
    const recorder = new StepRecorder(m);
    mmuNotifierClearFlushYoung(recorder.m, vm, host, GFN * PAGE_BYTES, (GFN + 1) * PAGE_BYTES);
    expect(recorder.changesOf(vm.mmuLock.cnts)).toEqual(taken);
  });

  it('never takes it for a range without guest memory', () => {
    const sequential = createSmallVm(rules, { pages: 16 });
    const recorder = new StepRecorder(sequential.m);
    expect(clearYoung(sequential, 12, recorder.m).answer).toBe('old');
    expect(recorder.touched(sequential.vm.mmuLock.cnts)).toBe(false);
  });
});

describeRule('rmapsHaveBitLock', ({ rules, value }) => {
  /** Whether the head was locked at each step on the word. */
  function watch(m: Memory, head: Word, word: Word) {
    const locked: boolean[] = [];
    const look = (touched: Word): void => {
      if (touched === word) locked.push((m.load(head) & RMAP_LOCKED) !== 0);
    };
    const watched = replaceOperations(m, (port) => ({
      peek: (touched) => {
        look(touched);
        return port.peek(touched);
      },
      clearBits: (touched, mask) => {
        look(touched);
        port.clearBits(touched, mask);
      },
      store: (touched, stored) => {
        look(touched);
        port.store(touched, stored);
      },
      exchange: (touched, stored) => {
        look(touched);
        return port.exchange(touched, stored);
      },
    }));
    return { watched, locked };
  }

  const createVmWithShadowLeaf = () => {
    const sequential = createSmallVm(rules, { machine: { nested: true } });
    access(sequential, GFN, true, L2);
    return {
      sequential,
      head: rmapHead(sequential.m, sequential.vm, 0, 1, GFN),
      leaf: leafWord(sequential, GFN, L2),
    };
  };

  it('holds the rmap while a clear reads and changes an SPTE of it, or does not', () => {
    const { sequential, head, leaf } = createVmWithShadowLeaf();
    const before = sequential.m.load(head);
    const { watched, locked } = watch(sequential.m, head, leaf);
    expect(clearYoung(sequential, GFN, watched).answer).toBe('young');
    expect(locked).toEqual([value, value]);
    expect(sequential.m.load(head)).toBe(before);
  });

  it('holds it while a test reads, or does not', () => {
    const { sequential, head, leaf } = createVmWithShadowLeaf();
    const before = sequential.m.load(head);
    const { watched, locked } = watch(sequential.m, head, leaf);
    expect(testYoung(sequential, GFN, watched).answer).toBe('young');
    expect(locked).toEqual([value]);
    expect(sequential.m.load(head)).toBe(before);
  });

  it('holds it while an invalidation zaps its SPTEs, or does not, and leaves it empty', () => {
    const { sequential, head, leaf } = createVmWithShadowLeaf();
    const { m, vm, host } = sequential;
    const { watched, locked } = watch(m, head, leaf);
    mmuNotifierInvalidateRangeStart(watched, vm, host, GFN, GFN + 1);
    mmuNotifierInvalidateRangeEnd(watched, vm, host, GFN, GFN + 1);
    expect(locked).toEqual([value]);
    expect(m.load(head)).toBe(0);
  });
});

describeRule('agesInvalidRoots', ({ rules, value }) => {
  it('ages a root that is invalid and not yet zapped, or skips it', () => {
    const sequential = createSmallVm(rules);
    const { m, vm, host } = sequential;
    access(sequential, GFN, false);
    const leaf = leafWord(sequential, GFN);
    const { accessed } = vm.spte;
    let answer: string | undefined;
    let after = 0;
    const agingThread = 0;
    const zapper = replaceOperations(m, (port) => ({
      clearBits(word, mask) {
        port.clearBits(word, mask);
        // Right after mmu_lock was let go of, and before the tables are zapped under it again.
        if (word !== vm.mmuLock.cnts) return;
        const range = [GFN * PAGE_BYTES, (GFN + 1) * PAGE_BYTES] as const;
        answer = mmuNotifierClearYoung(m, vm, agingThread, ...range, 0).answer;
        after = m.load(leaf);
      },
    }));
    zapAllFast(zapper, vm, host);
    expect([answer, (after & accessed) !== 0]).toEqual(value ? ['young', false] : ['old', true]);
  });

  it('ages valid roots', () => {
    const sequential = createSmallVm(rules);
    access(sequential, GFN, false);
    expect([clearYoung(sequential, GFN).answer, clearYoung(sequential, GFN).answer]).toEqual(['young', 'old']);
  });
});
