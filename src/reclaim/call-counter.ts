import { GhostEvent } from '../shared/ghost-event.ts';
import type { GhostSink } from '../shared/ghost-sink.ts';

/** Counts aging calls of the notifier. */
export class CallCounter implements GhostSink {
  calls = 0;

  note(event: number): void {
    if (event === GhostEvent.agingCallDone) this.calls++;
  }
}
