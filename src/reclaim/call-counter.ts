import { GhostEvent } from '../shared/ghost-event.ts';
import type { GhostSink } from '../shared/ghost-sink.ts';

/** Counts aging calls of the notifier: each tells of the beginnings of all pages that it covers, and then of their ends. */
export class CallCounter implements GhostSink {
  calls = 0;
  #isOpen = false;

  note(event: number): void {
    if (event === GhostEvent.callBegin && !this.#isOpen) {
      this.calls++;
      this.#isOpen = true;
    } else if (event === GhostEvent.callEnd) {
      this.#isOpen = false;
    }
  }
}
