import type { DurationSink } from '../verify/recorder.ts';

/**
 * Durations of one thread, kept as they are until the step is over: a store costs next to nothing, a histogram's `record`
 * some 25 ns that the measured code would pay.
 */
export class Samples {
  readonly #values: Float64Array;
  readonly #sink: DurationSink;
  #count = 0;

  constructor(sink: DurationSink, capacity: number) {
    this.#values = new Float64Array(capacity);
    this.#sink = sink;
  }

  add(nanoseconds: number): void {
    if (this.#count === this.#values.length) this.drain();
    this.#values[this.#count++] = nanoseconds;
  }

  /** Hands everything on. A clock that stands still measures one nanosecond. */
  drain(): void {
    for (let i = 0; i < this.#count; i++) this.#sink.record(Math.max(1, Math.round(this.#values[i] as number)));
    this.#count = 0;
  }
}
