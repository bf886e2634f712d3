import type { BenchLatency, BenchRow } from '../../../src/run/bench-result.ts';

const NOTHING: BenchLatency = { count: 0, p50: null, p99: null, p99_9: null, p99_99: null, max: null };

/** A row of `populate` with two vCPUs and aging, but for what is given. */
export function benchRowOf(given: Partial<BenchRow> & Pick<BenchRow, 'variant'>): BenchRow {
  return {
    vcpus: 2,
    phase: 'populate',
    aging: 'continuous',
    faultWorkNs: 3000,
    repeat: 1,
    iterations: 3,
    crowdedIterations: 0,
    attempts: 1,
    accesses: 8192,
    vcpuWallNs: 1000,
    agingPassNs: 100,
    passes: 10,
    measuredWallNs: 1100,
    accessNs: NOTHING,
    faultNs: NOTHING,
    mmuLockWaitNs: NOTHING,
    mmuLockHoldNs: NOTHING,
    stillIdle: null,
    ...given,
  };
}
