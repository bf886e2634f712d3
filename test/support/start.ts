import { openStartGate, passStartGate, type StartGate } from '../../src/locks/start-gate.ts';
import type { GangThread } from './gang.ts';

/** Starts a gang: thread 0 prepares the arena once all others are there, then lets them go. */
export function startTogether(
  { m, thread, threads }: Pick<GangThread<unknown>, 'm' | 'thread' | 'threads'>,
  gate: StartGate,
  prepare: () => void = () => {},
): void {
  if (thread !== 0) {
    passStartGate(m, gate);
    return;
  }
  m.awaitBits(gate.arrived, -1, threads - 1);
  prepare();
  openStartGate(m, gate);
}
