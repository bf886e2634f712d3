import { GhostEvent } from '../shared/ghost-event.ts';
import { BACKING_MAX, backingOf, isVersionAtOrBefore } from '../shared/spte.ts';
import { ON_STRIDE, OPEN } from './oracle-words.ts';
import { type DurationSink, Recorder, type RecorderOptions } from './recorder.ts';

export interface VcpuRecorderOptions extends RecorderOptions {
  readonly vcpu: number;
  readonly fault: DurationSink;
}

/** Revocations already reported are not counted again, up to this many. */
const REMEMBERED_REVOCATIONS = 10_000;

/** Records a vCPU's accesses for the aging thread to judge, and judges itself whether they reach revoked pages. */
export class VcpuRecorder extends Recorder {
  faults = 0;
  tlbHits = 0;
  readonly #epochWord: number;
  readonly #revokedWords: number;
  readonly #onWord: number;
  readonly #accesses: number;
  readonly #tlbHits: number;
  readonly #fault: DurationSink;
  readonly #reported = new Set<number>();
  #faultBegan = 0;
  #revoked = 0;

  constructor(options: VcpuRecorderOptions) {
    super(options);
    const { oracle, vcpu } = options;
    this.#epochWord = oracle.epoch;
    this.#revokedWords = oracle.revoked;
    this.#onWord = oracle.on + vcpu * ON_STRIDE;
    this.#accesses = oracle.accesses + vcpu * oracle.pages * 2;
    this.#tlbHits = oracle.tlbHits + vcpu * oracle.pages;
    this.#fault = options.fault;
  }

  note(event: number, page: number, value: number): void {
    if (event === GhostEvent.accessBegin) this.accessBegin(page);
    else if (event === GhostEvent.accessEnd) this.accessEnd(page, value);
    else this.#noteRare(event, page, value);
  }

  private accessBegin(page: number): void {
    const words = this.words;
    Atomics.store(words, this.#onWord, page + 1);
    const from = this.#accesses + page * 2;
    // Only this thread writes the record, so plain reads of it are exact. A plain read of the epoch may be stale: the
    // access would seem to begin earlier, which can hide a loss and never invent one.
    const epoch = words[this.#epochWord] as number;
    if (words[from] !== epoch || words[from + 1] !== epoch) this.reopen(from, epoch);
    // Read before the leaf step: what was revoked by now must not be reached any more.
    this.#revoked = Atomics.load(words, this.#revokedWords + page);
  }

  private reopen(from: number, epoch: number): void {
    Atomics.store(this.words, from + 1, OPEN);
    Atomics.store(this.words, from, epoch);
  }

  private accessEnd(page: number, spte: number): void {
    const words = this.words;
    const to = this.#accesses + page * 2 + 1;
    const epoch = Atomics.load(words, this.#epochWord);
    if (words[to] !== epoch) Atomics.store(words, to, epoch);
    if (this.#revoked !== 0) this.#judgeVersion(page, spte, this.#revoked, 'a walk');
  }

  #noteRare(event: number, page: number, value: number): void {
    if (event === GhostEvent.tlbHit) this.#tlbHit(page, value);
    else if (event === GhostEvent.faultBegin) this.#faultBegan = this.now();
    else if (event === GhostEvent.faultEnd) this.#faultEnd();
    else this.noteCommon(event, value);
  }

  /** The vCPU is in the guest and uses the entry now: whatever was revoked by now must not be in it. */
  #tlbHit(page: number, spte: number): void {
    const words = this.words;
    this.tlbHits++;
    const word = this.#tlbHits + page;
    const epoch = Atomics.load(words, this.#epochWord);
    if (words[word] !== epoch) Atomics.store(words, word, epoch);
    const revoked = Atomics.load(words, this.#revokedWords + page);
    if (revoked !== 0) this.#judgeVersion(page, spte, revoked, 'the TLB');
  }

  #judgeVersion(page: number, spte: number, revoked: number, through: string): void {
    const version = backingOf(spte);
    if (!isVersionAtOrBefore(version, revoked - 1)) return;
    const key = page * (BACKING_MAX + 1) + version;
    if (this.#reported.has(key)) return;
    if (this.#reported.size < REMEMBERED_REVOCATIONS) this.#reported.add(key);
    this.findings.violation(
      'use-after-invalidate',
      page,
      () =>
        `an access through ${through} reached version ${version} of the page; the host had taken back version ${revoked - 1}`,
    );
  }

  #faultEnd(): void {
    this.faults++;
    this.#fault.record(Math.max(1, Math.round(this.now() - this.#faultBegan)));
  }
}
