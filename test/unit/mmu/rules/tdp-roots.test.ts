import { expect, it } from 'vitest';
import { enterGuest, leaveGuest, putRoot } from '../../../../src/mmu/vcpu.ts';
import { L1 } from '../../../../src/mmu/vm.ts';
import { describeRule } from '../../../support/mmu/rule-cases.ts';
import { createSmallVm } from '../../../support/mmu/small-vm.ts';
import { StepRecorder } from '../../../support/step-recorder.ts';

describeRule('tdpRootsTakeMmuLock', ({ rules, value }) => {
  const taken = value === 'write' ? ['tryReplace', 'clearBits'] : ['addAndTest', 'add'];

  it('takes mmu_lock for write, or for read, when a vCPU gets its root and when it puts it', () => {
    const { m, vm } = createSmallVm(rules);
    const getting = new StepRecorder(m);
    enterGuest(getting.m, vm, 0);
    expect(getting.changesOf(vm.mmuLock.cnts)).toEqual(taken);
    leaveGuest(m, vm, 0);
    const putting = new StepRecorder(m);
    putRoot(putting.m, vm, 0, L1);
    expect(putting.changesOf(vm.mmuLock.cnts)).toEqual(taken);
    expect(m.load(vm.mmuLock.cnts)).toBe(0);
  });
});
