import { createStartGate, type StartGate } from '../locks/start-gate.ts';
import type { LayoutBuilder } from '../shared/layout.ts';
import type { Word } from '../shared/memory.ts';

/** How the threads of a gang agree on what to do next. No protocol code looks at these words. */
export interface ControlWords {
  readonly gate: StartGate;
  /** 1: return. */
  readonly stop: Word;
  /** Measured runs that have been ordered. */
  readonly ordered: Word;
  /** Measured runs that are over. */
  readonly over: Word;
  /** What is ordered: an index of `phaseNames`, one of `agingModes`, nanoseconds, milliseconds, 1 for a time line besides. */
  readonly phase: Word;
  readonly aging: Word;
  readonly faultWorkNs: Word;
  readonly durationMs: Word;
  readonly timeline: Word;
  /** Steps that have begun, and what the current one consists of. */
  readonly step: Word;
  readonly stepWork: Word;
  readonly stepRounds: Word;
  readonly stepAging: Word;
  readonly stepRecording: Word;
  readonly stepFaultWorkNs: Word;
  /** 1: the first vCPU is half through the step, from where on spans are recorded. */
  readonly halfway: Word;
  /** Threads that are about to begin the step: vCPUs, and the aging thread if it has something to do. */
  readonly arrived: Word;
  /** vCPUs that have done it. */
  readonly vcpusDone: Word;
  /** 1: so has the aging thread. */
  readonly agingDone: Word;
  /** Pages that vCPU threads have found young while they marked them idle, in the current step. */
  readonly foundYoung: Word;
  /** Iterations of the run so far, plain ones and ones that recorded latencies. */
  readonly plainIterations: Word;
  readonly recordedIterations: Word;
  /** Plain iterations in which a thread was without a core for a good part of the time. */
  readonly crowdedIterations: Word;
  /** Aging passes of the run's plain iterations. */
  readonly passes: Word;
  /** Nobody but a watchdog reads these: one word a thread, `HEARTBEAT_STRIDE` apart. */
  readonly heartbeats: Word;
}

export const HEARTBEAT_STRIDE = 16;

export function heartbeatWord(control: ControlWords, thread: number): Word {
  return control.heartbeats + thread * HEARTBEAT_STRIDE;
}

export function createControlWords(layout: LayoutBuilder, threads: number): ControlWords {
  const word = (name: string, meaning: string): Word =>
    layout.region({ name: `control.${name}`, count: 1, wordClass: 'shared', padded: true, meaning });
  return Object.freeze({
    gate: createStartGate(layout, 'control.gate'),
    stop: word('stop', '1: return'),
    ordered: word('ordered', 'measured runs that have been ordered'),
    over: word('over', 'measured runs that are over'),
    phase: word('phase', 'of the run: index of its name'),
    aging: word('aging', 'of the run: index of its mode'),
    faultWorkNs: word('faultWorkNs', 'of the run: work of a fault outside mmu_lock, in nanoseconds'),
    durationMs: word('durationMs', 'of the run, in milliseconds'),
    timeline: word('timeline', '1: one more iteration records who held mmu_lock when'),
    step: word('step', 'steps that have begun'),
    stepWork: word('stepWork', 'what vCPU threads do in this step'),
    stepRounds: word('stepRounds', 'how often vCPU threads do it'),
    stepAging: word('stepAging', 'what the aging thread does in this step'),
    stepRecording: word('stepRecording', 'what is recorded of this step'),
    stepFaultWorkNs: word('stepFaultWorkNs', 'work of a fault in this step'),
    halfway: word('halfway', '1: the first vCPU is half through the step'),
    arrived: word('arrived', 'threads that are about to begin the step'),
    vcpusDone: word('vcpusDone', 'vCPUs that have done the step'),
    agingDone: word('agingDone', '1: the aging thread has done the step'),
    foundYoung: word('foundYoung', 'pages found young while they were marked idle'),
    plainIterations: word('plainIterations', 'iterations without latencies'),
    recordedIterations: word('recordedIterations', 'iterations with latencies'),
    crowdedIterations: word('crowdedIterations', 'plain iterations in which a thread waited for a core'),
    passes: word('passes', 'aging passes of plain iterations'),
    heartbeats: layout.region({
      name: 'control.heartbeats',
      count: threads * HEARTBEAT_STRIDE,
      wordClass: 'shared',
      padded: true,
      meaning: 'heartbeat of each thread',
      wordName: (index) => `control.heartbeats[thread ${Math.floor(index / HEARTBEAT_STRIDE)}]`,
    }),
  });
}
