import type { DurationSink } from '../verify/recorder.ts';
import type { GangConfig } from './bench-config.ts';

/** Durations that a thread records, in nanoseconds. */
export interface LatencySinks {
  readonly access: DurationSink;
  readonly fault: DurationSink;
  readonly mmuLockWait: DurationSink;
  readonly mmuLockHold: DurationSink;
}

/** What the threads of a gang write and the main thread reads, once a run is over. */
export interface SharedRecords {
  /** Beginning and end of each vCPU's step, in nanoseconds of the machine's clock. */
  readonly stamps: Float64Array;
  /** The vCPUs' time in each plain iteration, and in each that records latencies. */
  readonly plainWalls: Float64Array;
  readonly recordedWalls: Float64Array;
  /** By thread: how long it was without a core in the current step. */
  readonly coreWaits: Float64Array;
  /** Duration of each aging pass of plain iterations. */
  readonly passes: Float64Array;
  /** `[stillIdle]`: pages that still looked idle in the run, and pages that might have. */
  readonly idle: Float64Array;
  /** For each thread `SPAN_RECORD` numbers a span, `MAX_SPANS` spans. */
  readonly spans: Float64Array;
  /** Spans that each thread would have recorded, had there been room. */
  readonly spanCounts: Int32Array;
}

export const MAX_ITERATIONS = 1 << 14;
export const MAX_PASSES = 1 << 16;
/** Some milliseconds of an aging thread that takes the lock for each page. */
export const MAX_SPANS = 1 << 14;
/** Kind, beginning, duration. */
export const SPAN_RECORD = 3;

/** What every task of a gang brings along. Crosses thread boundaries. */
export interface BenchTask {
  readonly config: GangConfig;
  /** The arena, on a `SharedArrayBuffer`. */
  readonly words: Int32Array;
  readonly records: SharedRecords;
  readonly sinks: LatencySinks;
  /** Rounds of `spendRounds` that take a microsecond. */
  readonly roundsPerMicrosecond: number;
  /** Test of the harness: what this worker does instead of its work. */
  readonly sabotage?: 'die' | 'hang';
}

export interface VcpuBenchTask extends BenchTask {
  readonly vcpu: number;
}

export function createSharedRecords(threads: number, vcpus: number): SharedRecords {
  const numbers = (count: number): Float64Array =>
    new Float64Array(new SharedArrayBuffer(count * Float64Array.BYTES_PER_ELEMENT));
  return {
    stamps: numbers(2 * vcpus),
    plainWalls: numbers(MAX_ITERATIONS),
    recordedWalls: numbers(MAX_ITERATIONS),
    coreWaits: numbers(threads),
    passes: numbers(MAX_PASSES),
    idle: numbers(2),
    spans: numbers(threads * MAX_SPANS * SPAN_RECORD),
    spanCounts: new Int32Array(new SharedArrayBuffer(threads * Int32Array.BYTES_PER_ELEMENT)),
  };
}
