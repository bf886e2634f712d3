import { MAX_SPANS, type SharedRecords, SPAN_RECORD } from './bench-task.ts';
import { clockNs } from './clock.ts';
import { type SpanKind, spanKinds } from './span.ts';

/**
 * Writes one thread's spans where the main thread finds them: the first ones that begin when the first vCPU is half through
 * its pages, as many as there is room for.
 */
export class SpanRecorder {
  readonly #spans: Float64Array;
  readonly #counts: Int32Array;
  readonly #thread: number;
  readonly #isHalfway: () => boolean;

  constructor({ spans, spanCounts }: SharedRecords, thread: number, isHalfway: () => boolean) {
    this.#spans = spans;
    this.#counts = spanCounts;
    this.#thread = thread;
    this.#isHalfway = isHalfway;
  }

  /** The clock; 0 as long as nothing is to be recorded. */
  begin(): number {
    return this.#isHalfway() ? clockNs() : 0;
  }

  /** A span that `begin` has begun ends now. */
  end(kind: SpanKind, beganNs: number): void {
    if (beganNs === 0) return;
    const count = this.#counts[this.#thread] as number;
    this.#counts[this.#thread] = count + 1;
    if (count >= MAX_SPANS) return;
    const at = (this.#thread * MAX_SPANS + count) * SPAN_RECORD;
    this.#spans[at] = spanKinds.indexOf(kind);
    this.#spans[at + 1] = beganNs;
    this.#spans[at + 2] = clockNs() - beganNs;
  }
}
