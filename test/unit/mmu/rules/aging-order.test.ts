import { expect, it } from 'vitest';
import { rmapHead } from '../../../../src/mmu/rmap.ts';
import type { Rules } from '../../../../src/mmu/rules.ts';
import { L2 } from '../../../../src/mmu/vm.ts';
import { zapAllFast } from '../../../../src/mmu/zap-root.ts';
import { describeRule } from '../../../support/mmu/rule-cases.ts';
import type { SequentialVm } from '../../../support/mmu/sequential-vm.ts';
import { access, clearYoung, createSmallVm, leafSpte, leafWord, testYoung } from '../../../support/mmu/small-vm.ts';
import { StepRecorder } from '../../../support/step-recorder.ts';

const GFN = 1;

/** L1 and L2 have accessed the same page: an SPTE of each MMU is young. */
function createNestedVm(rules: Rules) {
  const sequential = createSmallVm(rules, { machine: { nested: true } });
  access(sequential, GFN, true);
  access(sequential, GFN, true, L2);
  return { sequential, head: rmapHead(sequential.m, sequential.vm, 0, 1, GFN), leaf: leafWord(sequential, GFN) };
}

/** Which of the words an aging call looks at, in the order of its first looks. */
function looksAt(sequential: SequentialVm, age: typeof testYoung, words: Readonly<Record<string, number>>) {
  const { m, steps } = new StepRecorder(sequential.m);
  const { answer } = age(sequential, GFN, m);
  const first = (word: number): number => steps.findIndex((step) => step.word === word);
  const looked = Object.entries(words).filter(([, word]) => first(word) >= 0);
  return { answer, order: looked.sort(([, a], [, b]) => first(a) - first(b)).map(([name]) => name) };
}

describeRule('agingOrder', ({ rules, value }) => {
  it('leaves the rmaps out of a test that the TDP MMU has answered, if it comes first', () => {
    const { sequential, head, leaf } = createNestedVm(rules);
    const order = value === 'tdp-first' ? ['leaf'] : ['head', 'leaf'];
    expect(looksAt(sequential, testYoung, { leaf, head })).toEqual({ answer: 'young', order });
  });

  it('asks the rmaps, too, if the TDP MMU has found the page old', () => {
    const { sequential, head, leaf } = createNestedVm(rules);
    sequential.m.clearBits(leaf, sequential.vm.spte.accessed);
    const order = value === 'tdp-first' ? ['leaf', 'head'] : ['head', 'leaf'];
    expect(looksAt(sequential, testYoung, { leaf, head })).toEqual({ answer: 'young', order });
  });

  it('clears in both MMUs, whichever comes first', () => {
    const { sequential, head, leaf } = createNestedVm(rules);
    const order = value === 'tdp-first' ? ['leaf', 'head'] : ['head', 'leaf'];
    expect(looksAt(sequential, clearYoung, { leaf, head })).toEqual({ answer: 'young', order });
    const { accessed } = sequential.vm.spte;
    expect([leafSpte(sequential, GFN) & accessed, leafSpte(sequential, GFN, L2) & accessed]).toEqual([0, 0]);
    expect(testYoung(sequential, GFN).answer).toBe('old');
  });
});

describeRule('looksAtShadowPages', ({ rules, value }) => {
  it('looks at no rmap before there was a shadow root', () => {
    const sequential = createSmallVm(rules, { machine: { nested: true } });
    access(sequential, GFN, true);
    const head = rmapHead(sequential.m, sequential.vm, 0, 1, GFN);
    expect(looksAt(sequential, clearYoung, { head }).order).toEqual([]);
  });

  it('looks at rmaps while there are shadow pages', () => {
    const { sequential, head } = createNestedVm(rules);
    expect(looksAt(sequential, clearYoung, { head }).order).toEqual(['head']);
  });

  it('goes on looking at them when the shadow pages are gone, unless it goes by their count', () => {
    const { sequential, head } = createNestedVm(rules);
    const { m, vm, host } = sequential;
    zapAllFast(m, vm, host);
    access(sequential, GFN, true);
    expect(m.load(vm.indirectShadowPages)).toBe(0);
    const order = value === 'while-counted' ? [] : ['head'];
    expect(looksAt(sequential, clearYoung, { head })).toEqual({ answer: 'young', order });
  });

  it('looks at them again when L2 comes back', () => {
    const { sequential, head } = createNestedVm(rules);
    const { m, vm, host } = sequential;
    zapAllFast(m, vm, host);
    access(sequential, GFN, true, L2);
    expect(looksAt(sequential, clearYoung, { head })).toEqual({ answer: 'young', order: ['head'] });
  });

  it('always looks at them where there is no TDP MMU', () => {
    const sequential = createSmallVm(rules, { machine: { tdpMmu: false } });
    const head = rmapHead(sequential.m, sequential.vm, 0, 1, GFN);
    expect(looksAt(sequential, clearYoung, { head })).toEqual({ answer: 'old', order: ['head'] });
  });
});
