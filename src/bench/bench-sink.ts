import { GhostEvent, LockKind } from '../shared/ghost-event.ts';
import type { GhostSink } from '../shared/ghost-sink.ts';
import type { Prng } from '../shared/prng.ts';
import { derivePrng } from '../shared/seed.ts';
import type { BenchTask } from './bench-task.ts';
import { clockNs } from './clock.ts';
import { Samples } from './samples.ts';
import { SpanRecorder } from './span-recorder.ts';
import { spendRounds } from './spend.ts';
import { Recording } from './step.ts';

/** One hold of `mmu_lock` in about this many is timed: aging takes the lock for each page, which costs less than two looks at a clock. */
const HOLDS_PER_SAMPLE = 16;
const CAPACITY = 1 << 16;

/**
 * What a thread of a latency run does at the protocol's ghost events: the work of a fault outside `mmu_lock`, and clocks.
 * There is no oracle here. It is the same object in every step, so that what is not recorded costs the same in all of them.
 */
export class BenchSink implements GhostSink {
  recording: Recording = Recording.none;
  /** Whether the access under way is one of those that are timed. */
  sampled = false;
  /** Faults are few: all of them are timed, and not only those of sampled accesses. */
  everyFault = false;
  /** What a fault spends. */
  faultRounds = 0;
  readonly #access: Samples;
  readonly #fault: Samples;
  readonly #wait: Samples;
  readonly #hold: Samples;
  readonly #spans: SpanRecorder;
  #faultBegan = 0;
  #waitBegan = 0;
  #holdBegan = 0;
  readonly #sampling: Prng;
  #untilHold = 1;

  constructor({ config, sinks, records }: BenchTask, thread: number, isHalfway: () => boolean) {
    this.#access = new Samples(sinks.access, CAPACITY);
    this.#fault = new Samples(sinks.fault, CAPACITY);
    this.#wait = new Samples(sinks.mmuLockWait, CAPACITY);
    this.#hold = new Samples(sinks.mmuLockHold, CAPACITY);
    this.#sampling = derivePrng(config.seed, `holds of thread ${thread}`);
    this.#spans = new SpanRecorder(records, thread, isHalfway);
  }

  note(event: number, _page: number, value: number): void {
    if (event === GhostEvent.gotUserPage) spendRounds(this.faultRounds);
    else if (this.recording === Recording.latencies) this.#noteLatency(event, value);
    else if (this.recording === Recording.spans) this.#noteSpan(event, value);
  }

  accessTook(nanoseconds: number): void {
    this.#access.add(nanoseconds);
  }

  /** Only while spans are recorded. */
  get spans(): SpanRecorder {
    return this.#spans;
  }

  /** Hands on what has been recorded. Not while anything is measured. */
  drain(): void {
    this.#access.drain();
    this.#fault.drain();
    this.#wait.drain();
    this.#hold.drain();
  }

  #noteLatency(event: number, value: number): void {
    if (event === GhostEvent.lockAcquired) {
      if (isMmuLock(value) && --this.#untilHold === 0) this.#holdBegan = clockNs();
    } else if (event === GhostEvent.lockReleased) {
      if (isMmuLock(value) && this.#untilHold === 0) {
        this.#hold.add(clockNs() - this.#holdBegan);
        // At random: page tables have a power of two entries, and every 16th hold would meet the same ones each time.
        this.#untilHold = 1 + this.#sampling.below(2 * HOLDS_PER_SAMPLE - 1);
      }
    } else if (event === GhostEvent.mmuLockWaitBegin) this.#waitBegan = clockNs();
    else if (event === GhostEvent.mmuLockWaitEnd) this.#wait.add(clockNs() - this.#waitBegan);
    else if (!this.sampled && !this.everyFault) return;
    else if (event === GhostEvent.faultBegin) this.#faultBegan = clockNs();
    else if (event === GhostEvent.faultEnd) this.#fault.add(clockNs() - this.#faultBegan);
  }

  #noteSpan(event: number, value: number): void {
    const spans = this.#spans;
    if (event === GhostEvent.lockAcquired && isMmuLock(value)) this.#holdBegan = spans.begin();
    else if (event === GhostEvent.lockReleased && isMmuLock(value)) {
      spans.end(value === LockKind.mmuLockWrite ? 'lock-write' : 'lock-read', this.#holdBegan);
    } else if (event === GhostEvent.mmuLockWaitBegin) this.#waitBegan = spans.begin();
    else if (event === GhostEvent.mmuLockWaitEnd) spans.end('lock-wait', this.#waitBegan);
    else if (event === GhostEvent.faultBegin) this.#faultBegan = spans.begin();
    else if (event === GhostEvent.faultEnd) spans.end('fault', this.#faultBegan);
  }
}

function isMmuLock(kind: number): boolean {
  return (kind & (LockKind.mmuLockRead | LockKind.mmuLockWrite)) !== 0;
}
