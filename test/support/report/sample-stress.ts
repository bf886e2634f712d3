import { STRESS_SCHEMA, type StressResult, type VariantResult } from '../../../src/run/stress-result.ts';
import { sampleCurve } from './sample-bench.ts';

const summary = { count: 40_000, p50: 120, p90: 170, p99: 1070, p99_9: 3800, max: 10_600_000 };
const nothing = { count: 0, p50: null, p90: null, p99: null, p99_9: null, max: null };

const locked: VariantResult = {
  variant: 'mmu-lock-6.1',
  mutant: null,
  verdict: 'clean',
  accesses: 4_192_256,
  pulseAccesses: 3584,
  accessesPerSecond: 1_387_971,
  seconds: 3.02,
  setupSeconds: 0.1,
  faults: 1_538_777,
  faultsFixed: 55_763,
  tlbHits: 2_257_959,
  agingCalls: 2_067_585,
  agingPasses: 4038,
  pulses: 7,
  youngReported: 105_995,
  invalidations: 2998,
  zapAlls: 29,
  epochResets: 0,
  lostWakeups: 0,
  violations: { 'access-lost': 0, 'access-misreported': 0, 'use-after-invalidate': 0, 'use-after-free': null },
  tolerated: { 'tlb-hit': 16, zapped: 7643, 'invalid-root': 0 },
  latencyNs: { access: summary, fault: summary, agingPass: summary, mmuLockWait: nothing },
  curves: {
    access: sampleCurve(120, 40_000, 0.3),
    fault: sampleCurve(260, 1_500_000, 0.5),
    agingPass: sampleCurve(198_000, 4000, 0.6),
    mmuLockWait: { count: 0, points: [] },
  },
  pageAges: {
    pages: 10,
    pagesPerBin: 4,
    momentsMs: [1, 2, 4],
    agesMs: [
      [1, 0.5, 0.02],
      [2, 0.2, 12],
      [4, 150, 0.1],
    ],
  },
  failures: [],
};

const lockless: VariantResult = {
  ...locked,
  variant: 'lockless-7.3',
  mutant: 'clear-untested',
  verdict: 'violated',
  violations: { ...locked.violations, 'access-lost': 2 },
  pageAges: null,
};

export const sampleStress: StressResult = {
  schema: STRESS_SCHEMA,
  seed: '3',
  interrupted: false,
  host: {
    cpu: 'Sample CPU',
    cores: 2,
    memoryBytes: 2 ** 34,
    loadAverage: 1.5,
    node: 'v20.20.0',
    v8: '11.3',
    os: 'Linux',
  },
  timerNs: 51,
  config: {
    mutant: null,
    seed: '3',
    vcpus: 2,
    pages: 10,
    slots: 3,
    workload: 'zipf',
    writes: 0.3,
    tlbEntries: 64,
    invalidateRate: 1000,
    zapAllRate: 10,
    batch: 64,
    passes: null,
    stopAtViolation: false,
    sampleEvery: 256,
    epochLimit: 2 ** 27,
    waitBoundMs: 10_000,
    durationMs: 3000,
    arenaBytes: 1_000_000,
  },
  variants: [locked, lockless],
  findings: [
    {
      variant: 'lockless-7.3',
      mutant: 'clear-untested',
      property: 'access-lost',
      page: 7,
      thread: 'aging',
      detail: 'vcpu0 accessed the page between epochs 3 and 4',
    },
  ],
};
