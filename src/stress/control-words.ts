import { createStartGate, type StartGate } from '../locks/start-gate.ts';
import type { LayoutBuilder } from '../shared/layout.ts';
import type { Word } from '../shared/memory.ts';

/** How the threads of a run agree on when to start, meet and stop. No protocol code looks at these words. */
export interface ControlWords {
  readonly gate: StartGate;
  /** 1: finish what you are doing and return. */
  readonly stop: Word;
  /** 1: park, so that the oracle may start its epochs again. */
  readonly pause: Word;
  /** Threads that are parked. */
  readonly parked: Word;
  /** Threads other than the aging thread that have returned. */
  readonly returned: Word;
  /** vCPUs that wait for a pulse. */
  readonly pulseArrived: Word;
  /** Pulses that have begun. */
  readonly pulseBegun: Word;
  /** vCPUs that have made their accesses of the current pulse. */
  readonly pulseTouched: Word;
  /** Pulses that have ended: a whole pass has run since the last access. */
  readonly pulseEnded: Word;
  /** vCPUs that want all memory dropped, to populate it again. */
  readonly dropArrived: Word;
  /** Drops that have been done. */
  readonly dropEnded: Word;
  /** vCPUs that have nothing left to do. */
  readonly finished: Word;
  /** Two words a thread, `PROGRESS_STRIDE` apart: a heartbeat, and what the thread has done so far. */
  readonly progress: Word;
}

export const PROGRESS_STRIDE = 16;

export function heartbeatWord(control: ControlWords, thread: number): Word {
  return control.progress + thread * PROGRESS_STRIDE;
}

/** Accesses of a vCPU, calls of the aging thread, invalidations of the host: modulo 2^32. */
export function workDoneWord(control: ControlWords, thread: number): Word {
  return control.progress + thread * PROGRESS_STRIDE + 1;
}

export function createControlWords(layout: LayoutBuilder, threads: number): ControlWords {
  const word = (name: string, meaning: string): Word =>
    layout.region({ name: `control.${name}`, count: 1, wordClass: 'shared', padded: true, meaning });
  return Object.freeze({
    gate: createStartGate(layout, 'control.gate'),
    stop: word('stop', '1: return'),
    pause: word('pause', '1: park'),
    parked: word('parked', 'threads that are parked'),
    returned: word('returned', 'threads other than the aging thread that have returned'),
    pulseArrived: word('pulseArrived', 'vCPUs that wait for a pulse'),
    pulseBegun: word('pulseBegun', 'pulses that have begun'),
    pulseTouched: word('pulseTouched', 'vCPUs that have made their accesses of the pulse'),
    pulseEnded: word('pulseEnded', 'pulses that have ended'),
    dropArrived: word('dropArrived', 'vCPUs that want all memory dropped'),
    dropEnded: word('dropEnded', 'drops that have been done'),
    finished: word('finished', 'vCPUs that have nothing left to do'),
    progress: layout.region({
      name: 'control.progress',
      count: threads * PROGRESS_STRIDE,
      wordClass: 'shared',
      padded: true,
      meaning: 'heartbeat, and work done, of each thread',
      wordName: (index) => `control.progress[thread ${Math.floor(index / PROGRESS_STRIDE)}]`,
    }),
  });
}
