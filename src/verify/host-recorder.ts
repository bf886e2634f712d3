import { GhostEvent } from '../shared/ghost-event.ts';
import { BACKING_MAX, isShadowPresent } from '../shared/spte.ts';
import { OPEN } from './oracle-words.ts';
import { Recorder, type RecorderOptions } from './recorder.ts';

export interface HostRecorderOptions extends RecorderOptions {
  readonly zapper: number;
  /** Aging takes no turns with the zapper: the zap of a root lasts until the last table that was cut off is empty. */
  readonly tellsTeardowns: boolean;
}

/** Records what a host thread zaps, which excuses the loss of accesses before it, and what it revokes. */
export class HostRecorder extends Recorder {
  readonly #zaps: number;
  readonly #rootZap: number;
  readonly #tellsTeardowns: boolean;
  #before = 0;

  constructor(options: HostRecorderOptions) {
    super(options);
    this.#zaps = options.oracle.zaps + options.zapper * options.oracle.pages;
    this.#tellsTeardowns = options.tellsTeardowns;
    this.#rootZap = options.oracle.rootZaps + options.zapper;
  }

  note(event: number, page: number, value: number): void {
    const { words, oracle } = this;
    if (event === GhostEvent.zapBegin) {
      this.#before = words[this.#zaps + page] as number;
      Atomics.store(words, this.#zaps + page, OPEN);
    } else if (event === GhostEvent.zapEnd) {
      // An entry that was not present has taken nothing away.
      const after = isShadowPresent(value) ? Atomics.load(words, oracle.epoch) : this.#before;
      Atomics.store(words, this.#zaps + page, after);
    } else if (event === GhostEvent.revoked) {
      Atomics.store(words, oracle.revoked + page, (value & BACKING_MAX) + 1);
    } else if (
      event === GhostEvent.rootInvalidateBegin ||
      (this.#tellsTeardowns && event === GhostEvent.teardownBegin)
    ) {
      Atomics.store(words, this.#rootZap, OPEN);
    } else if (event === GhostEvent.rootInvalidateEnd || (this.#tellsTeardowns && event === GhostEvent.teardownEnd)) {
      Atomics.store(words, this.#rootZap, Atomics.load(words, oracle.epoch));
    } else {
      this.noteCommon(event, value);
    }
  }
}
