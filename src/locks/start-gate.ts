import type { LayoutBuilder } from '../shared/layout.ts';
import type { Memory, Word } from '../shared/memory.ts';

/** Lets a gang of threads start together, once each of them is ready. */
export interface StartGate {
  /** How many threads are ready. */
  readonly arrived: Word;
  /** 1 when they may go. */
  readonly open: Word;
}

export function createStartGate(layout: LayoutBuilder, name: string): StartGate {
  return Object.freeze({
    arrived: layout.region({
      name: `${name}.arrived`,
      count: 1,
      wordClass: 'shared',
      meaning: 'threads that are ready',
    }),
    open: layout.region({ name: `${name}.open`, count: 1, wordClass: 'shared', meaning: '1 when they may start' }),
  });
}

/** Says that this thread is ready, and waits for the gate. */
export function passStartGate(m: Memory, gate: StartGate): void {
  m.add(gate.arrived, 1);
  m.wake(gate.arrived);
  m.awaitBits(gate.open, 1, 1);
}

export function openStartGate(m: Memory, gate: StartGate): void {
  m.store(gate.open, 1);
  m.wake(gate.open);
}
