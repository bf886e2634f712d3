import { describe, expect, it } from 'vitest';
import { openStartGate } from '../../../src/locks/start-gate.ts';
import { initMemslot, initVm } from '../../../src/mmu/create-vm.ts';
import { ThreadMemory } from '../../../src/shared/thread-memory.ts';
import { createStressArena } from '../../../src/stress/stress-arena.ts';
import type { StressConfig } from '../../../src/stress/stress-config.ts';
import { runVcpu, type VcpuResult } from '../../../src/stress/vcpu-run.ts';
import { packAccess } from '../../../src/stress/workloads/workload.ts';
import { allocateWords } from '../../support/arena.ts';
import { stressConfig } from '../../support/stress/stress-config.ts';

/** A vCPU alone in a VM, on this thread, until it has made so many accesses or its trace ends. */
function runAlone(
  overrides: Partial<StressConfig>,
  accesses: number,
  trace: Int32Array | null = null,
): { words: Int32Array; result: VcpuResult } {
  const config = stressConfig({ ...overrides, vcpus: 1, invalidateRate: 0, zapAllRate: 0, sampleEvery: 1 });
  const arena = createStressArena(config);
  const words = allocateWords(arena.layout);
  const m = new ThreadMemory(words, { waiters: arena.waiters });
  initVm(m, arena.vm);
  arena.slots.forEach((slot, index) => {
    initMemslot(m, arena.vm, index, slot);
  });
  openStartGate(m, arena.control.gate);
  let made = 0;
  const access = {
    record: () => {
      if (++made === accesses) m.store(arena.control.stop, 1);
    },
  };
  const ignored = { record: () => {} };
  const result = runVcpu({ config, words, vcpu: 0, trace, access, fault: ignored, mmuLockWait: ignored });
  return { words, result };
}

describe.each(['uniform', 'zipf', 'sequential'] as const)('A vCPU with workload %s', (workload) => {
  it('leaves the same memory behind if it runs again with the same seed', () => {
    const { words, result } = runAlone({ workload, seed: '7' }, 3000);
    expect(result.accesses).toBeGreaterThanOrEqual(3000);
    expect(isSame(runAlone({ workload, seed: '7' }, 3000).words, words)).toBe(true);
  });
});

describe.each(['uniform', 'zipf'] as const)('A vCPU with workload %s', (workload) => {
  it('leaves another memory behind with another seed', () => {
    const { words } = runAlone({ workload, seed: '7', pages: 100_000 }, 1000);
    expect(isSame(runAlone({ workload, seed: '8', pages: 100_000 }, 1000).words, words)).toBe(false);
  });
});

it('A vCPU makes every access of its trace, even if the run is told to stop when done', () => {
  const trace = Int32Array.from({ length: 5000 }, (_, i) => packAccess((i * 7) % 256, i % 2 === 0));
  expect(runAlone({ workload: 'trace' }, 10, trace).result.accesses).toBe(5000);
});

/** Without a comparison of millions of words in the message. */
function isSame(some: Int32Array, others: Int32Array): boolean {
  return some.length === others.length && some.every((word, index) => word === others[index]);
}
