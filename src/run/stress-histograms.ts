import type { RecordableHistogram } from 'node:perf_hooks';
import { createLatencyHistogram } from './latency.ts';

/** One histogram a thread and kind, shared with the workers: what was recorded survives a worker that dies. */
export interface StressHistograms {
  readonly access: RecordableHistogram[];
  readonly fault: RecordableHistogram[];
  readonly mmuLockWait: RecordableHistogram[];
  readonly agingPass: RecordableHistogram;
}

export function createStressHistograms(vcpus: number, threads: number): StressHistograms {
  const several = (count: number) => Array.from({ length: count }, createLatencyHistogram);
  return {
    access: several(vcpus),
    fault: several(vcpus),
    mmuLockWait: several(threads),
    agingPass: createLatencyHistogram(),
  };
}
