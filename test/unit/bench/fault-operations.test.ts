import { expect, test } from 'vitest';
import { FAULT_OPERATIONS, faultOn, unmapping } from '../../../bench/micro/figures/fault.ts';
import { createMachine } from '../../../bench/micro/machine.ts';
import { RET_PF_FIXED } from '../../../src/mmu/fault-outcome.ts';
import { countingMemory } from '../../support/counting-memory.ts';

test('the bare loop beside a page fault makes as many calls of Atomics as the fault', () => {
  const machine = createMachine();
  unmapping(machine)();
  const count = { load: 0, store: 0, modify: 0, compareExchange: 0 };
  expect(faultOn(machine, countingMemory(machine.m, count), 7)).toBe(RET_PF_FIXED);
  expect(count).toEqual(FAULT_OPERATIONS);
});
