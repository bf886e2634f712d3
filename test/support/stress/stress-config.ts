import type { StressConfig } from '../../../src/stress/stress-config.ts';

/** A small run with everything switched on; tests override what they are about. */
export function stressConfig(overrides: Partial<StressConfig> = {}): StressConfig {
  return {
    variant: 'lockless-7.3',
    mutant: null,
    seed: '1',
    vcpus: 2,
    pages: 256,
    slots: 3,
    workload: 'uniform',
    writes: 0.3,
    tlbEntries: 64,
    invalidateRate: 500,
    zapAllRate: 4,
    batch: 64,
    passes: null,
    stopAtViolation: false,
    sampleEvery: 256,
    epochLimit: 2 ** 27,
    waitBoundMs: 10_000,
    ...overrides,
  };
}
