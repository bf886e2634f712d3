import { expect, it } from 'vitest';
import { FAST, UNRELIABLE, YOUNG } from '../../../../src/notifier/aging-answer.ts';
import { PAGE_BYTES } from '../../../../src/notifier/byte-range.ts';
import { mmuNotifierClearYoung, mmuNotifierTestYoung } from '../../../../src/notifier/subscribers.ts';
import { describeRule } from '../../../support/mmu/rule-cases.ts';
import { access, createSmallVm, testYoung } from '../../../support/mmu/small-vm.ts';
import { StepRecorder } from '../../../support/step-recorder.ts';

const PAGES = 4;
const END = PAGES * PAGE_BYTES;
const YOUNG_PAGES = [0, 2];
/** Bit 0 is the last page of the call. */
const bitOf = (page: number): number => 1 << (PAGES - 1 - page);

describeRule('honoursBitmap', ({ rules, value }) => {
  const createVmWithYoungPages = () => {
    const sequential = createSmallVm(rules);
    for (const page of YOUNG_PAGES) access(sequential, page, false);
    return sequential;
  };
  const answer = value ? { answer: 'young', flags: YOUNG } : { answer: 'unreliable', flags: UNRELIABLE };

  it('fills the bitmap of a test, or says that it did not', () => {
    const { m, vm, host, bitmap } = createVmWithYoungPages();
    const recorder = new StepRecorder(m);
    expect(mmuNotifierTestYoung(recorder.m, vm, host, 0, END, bitmap)).toMatchObject(answer);
    expect(m.load(bitmap)).toBe(value ? bitOf(0) | bitOf(2) : 0);
    if (!value) expect(recorder.steps).toEqual([]);
  });

  it('clears the pages that a bitmap selects, or none', () => {
    const sequential = createVmWithYoungPages();
    const { m, vm, host, bitmap } = sequential;
    m.store(bitmap, bitOf(1) | bitOf(2));
    expect(mmuNotifierClearYoung(m, vm, host, 0, END, bitmap)).toMatchObject(answer);
    const young = [0, 1, 2, 3].filter((page) => testYoung(sequential, page).answer === 'young');
    expect(young).toEqual(value ? [0] : YOUNG_PAGES);
  });

  it('makes no difference to calls without a bitmap', () => {
    const { m, vm, host } = createVmWithYoungPages();
    const answered = mmuNotifierClearYoung(m, vm, host, 0, END, 0);
    expect(answered).toMatchObject({ answer: 'young', flags: YOUNG });
    expect(answered.flags & FAST).toBe(0);
    expect(mmuNotifierTestYoung(m, vm, host, 0, END, 0).answer).toBe('old');
  });
});
