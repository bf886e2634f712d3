import { GhostEvent } from '../shared/ghost-event.ts';
import type { GhostSink } from '../shared/ghost-sink.ts';
import { Findings } from './findings.ts';
import type { OracleWords } from './oracle-words.ts';

/** Where durations go, in nanoseconds: `RecordableHistogram` of node:perf_hooks fits. */
export interface DurationSink {
  record(nanoseconds: number): void;
}

export interface RecorderOptions {
  readonly words: Int32Array;
  readonly oracle: OracleWords;
  /** RCU stamp of table `id` is in word `stampWord(id)`. */
  readonly stampWord: (table: number) => number;
  readonly mmuLockWait: DurationSink;
  /** Nanoseconds since any fixed moment. */
  readonly now: () => number;
}

/** What the recorders of all threads have in common: waits for `mmu_lock`, recycled tables, findings. */
export abstract class Recorder implements GhostSink {
  readonly findings = new Findings();
  protected readonly words: Int32Array;
  protected readonly oracle: OracleWords;
  protected readonly now: () => number;
  readonly #stampWord: (table: number) => number;
  readonly #mmuLockWait: DurationSink;
  #waitBegan = 0;

  constructor(options: RecorderOptions) {
    this.words = options.words;
    this.oracle = options.oracle;
    this.now = options.now;
    this.#stampWord = options.stampWord;
    this.#mmuLockWait = options.mmuLockWait;
  }

  abstract note(event: number, page: number, value: number): void;

  protected noteCommon(event: number, value: number): void {
    if (event === GhostEvent.mmuLockWaitBegin) {
      this.#waitBegan = this.now();
    } else if (event === GhostEvent.mmuLockWaitEnd) {
      this.#mmuLockWait.record(Math.max(1, Math.round(this.now() - this.#waitBegan)));
    } else if (event === GhostEvent.tableRecycled) {
      // The table is in nobody's hands yet, so its stamp is still the one that was waited for.
      const stamp = Atomics.load(this.words, this.#stampWord(value));
      Atomics.store(this.words, this.oracle.recycled + value, stamp);
    }
  }
}
