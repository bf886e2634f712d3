import { GhostEvent } from '../shared/ghost-event.ts';
import type { Word } from '../shared/memory.ts';
import { tableName } from '../shared/spte.ts';
import { beginOfAccess, endOfAccess } from './access-record.ts';
import { FIRST_EPOCH, ON_STRIDE, OPEN } from './oracle-words.ts';
import { Recorder, type RecorderOptions } from './recorder.ts';

export interface AgingRecorderOptions extends RecorderOptions {
  /**
   * What excuses the loss of an access while a root is zapped: aging skips invalid roots; or it takes no turns with the zapper
   * and misses what a table knows that is cut off already; nothing.
   */
  readonly rootZapsExcuse: 'invalid-root' | 'zapped' | null;
  /** Word of the RCU epoch. */
  readonly rcuEpoch: Word;
}

/** What a call said of one page. */
export const UNCOVERED = 0;
export const OLD = 1;
export const YOUNG = 2;

/** More pages than this between two advances of the epoch would make its bounds too wide to judge by. */
export const MAX_PAGES_PER_EPOCH = 256;

/** A section over more tables than this is judged by the first of them, and by each as it is entered. */
const TABLES_REMEMBERED = 64;

/** History that was forgotten at a reset: nothing is misreported until the page is next cleared. */
const UNKNOWN = -1;

/**
 * Judges the aging thread's calls, page by page, against what the vCPUs recorded. There is one aging thread: it alone
 * advances the epoch and clears Accessed.
 *
 * Use: `beginCall`, one or more calls over at most `MAX_PAGES_PER_EPOCH` pages, `endCall`, then `judge` for each page.
 */
export class AgingRecorder extends Recorder {
  youngReported = 0;
  readonly #rootZapsExcuse: AgingRecorderOptions['rootZapsExcuse'];
  readonly #rcuEpoch: Word;
  /** Epoch of the last clear that reported the page young, 0 = none. */
  readonly #lastClear: Int32Array;
  /** Epoch in front of the last call that was found to lose an access, 0 = none. */
  readonly #lastLoss: Int32Array;
  /** Epoch of the last TLB hit that was counted as tolerated. */
  readonly #lastTlbHit: Int32Array;
  /** Epoch in which the current call cleared the page, 0 = it did not. */
  readonly #clearedIn: Int32Array;
  #epoch = FIRST_EPOCH;
  /** Epoch in front of the current call. */
  #front = FIRST_EPOCH;
  #section = 0;
  /** Tables that the walk has entered in its open section. */
  readonly #tables = new Int32Array(TABLES_REMEMBERED);
  #entered = 0;
  #reportedStamp = 0;

  constructor(options: AgingRecorderOptions) {
    super(options);
    this.#rootZapsExcuse = options.rootZapsExcuse;
    this.#rcuEpoch = options.rcuEpoch;
    this.#lastClear = new Int32Array(this.oracle.pages);
    this.#lastTlbHit = new Int32Array(this.oracle.tlbHitCount === 0 ? 0 : this.oracle.pages);
    this.#lastLoss = new Int32Array(this.oracle.pages);
    this.#clearedIn = new Int32Array(this.oracle.pages);
    Atomics.store(this.words, this.oracle.epoch, this.#epoch);
  }

  get epoch(): number {
    return this.#epoch;
  }

  note(event: number, page: number, value: number): void {
    if (event === GhostEvent.clearedYoung) this.#clearedIn[page] = this.#epoch;
    else if (event === GhostEvent.tableEntered) this.#tableEntered(value);
    else if (event === GhostEvent.rcuReadLock) this.#sectionBegins();
    else if (event === GhostEvent.rcuReadUnlock) this.#sectionEnds();
    else this.noteCommon(event, value);
  }

  beginCall(): void {
    this.#advance();
    this.#front = this.#epoch;
  }

  endCall(): void {
    this.#advance();
  }

  /** Judges what a test said of a page. */
  judgeTest(page: number, said: number): void {
    if (said === YOUNG) {
      this.#judgeMisreported(page);
    } else if (said === OLD) {
      this.#judgeLost(page);
    }
  }

  /** Judges what a clear said of a page. An SPTE that was cleared without the page being reported counts as nothing. */
  judgeClear(page: number, said: number): void {
    const clearedIn = this.#clearedIn[page] as number;
    this.#clearedIn[page] = 0;
    if (said === UNCOVERED) return;
    if (said === YOUNG && clearedIn !== 0) {
      this.youngReported++;
      this.#judgeMisreported(page);
      this.#lastClear[page] = clearedIn;
    } else {
      this.#judgeLost(page);
    }
  }

  /** Whether the current clear found an SPTE of the page young: its part of a range's answer. */
  hasCleared(page: number): boolean {
    return this.#clearedIn[page] !== 0;
  }

  /** Starts the epochs again, and forgets. No other thread may be inside an access or a zap. */
  reset(): void {
    const { words, oracle } = this;
    words.fill(0, oracle.accesses, oracle.accesses + oracle.vcpus * oracle.pages);
    words.fill(0, oracle.zaps, oracle.zaps + oracle.zappers * oracle.pages);
    words.fill(0, oracle.rootZaps, oracle.rootZaps + oracle.zappers);
    words.fill(0, oracle.tlbHits, oracle.tlbHits + oracle.tlbHitCount);
    this.#lastClear.fill(UNKNOWN);
    this.#lastLoss.fill(0);
    this.#lastTlbHit.fill(0);
    this.#epoch = FIRST_EPOCH;
    Atomics.store(words, oracle.epoch, this.#epoch);
  }

  #advance(): void {
    this.#epoch++;
    Atomics.store(this.words, this.oracle.epoch, this.#epoch);
  }

  /**
   * Lost: an access ended before this call began, and began after the last clear that reported the page; and the page
   * was not zapped since. Records are looked at with plain reads: a stale one, too, is of an access that took place.
   */
  #judgeLost(page: number): void {
    const { words, oracle } = this;
    const since = 1 + Math.max(0, this.#lastClear[page] as number, this.#lastLoss[page] as number);
    for (let vcpu = 0; vcpu < oracle.vcpus; vcpu++) {
      const record = words[oracle.accesses + vcpu * oracle.pages + page] as number;
      if (endOfAccess(record) >= this.#front || beginOfAccess(record) < since) continue;
      this.#lost(page, vcpu, record);
      return;
    }
    if (oracle.tlbHitCount !== 0) this.#judgeTlbHits(page, since);
  }

  #lost(page: number, vcpu: number, record: number): void {
    const { words, oracle } = this;
    const begin = beginOfAccess(record);
    const excuse = (word: number): boolean => {
      const zap = Atomics.load(words, word);
      return zap === OPEN || zap >= begin;
    };
    const lastClear = this.#lastClear[page] as number;
    // The same access is not counted again by the next call. That is no clear: the page may still be reported for it.
    this.#lastLoss[page] = this.#front;
    for (let zapper = 0; zapper < oracle.zappers; zapper++) {
      if (excuse(oracle.zaps + zapper * oracle.pages + page)) {
        this.findings.toleration('zapped');
        return;
      }
      if (this.#rootZapsExcuse !== null && excuse(oracle.rootZaps + zapper)) {
        this.findings.toleration(this.#rootZapsExcuse);
        return;
      }
    }
    const front = this.#front;
    this.findings.violation(
      'access-lost',
      page,
      () =>
        `vcpu${vcpu} accessed the page between epochs ${begin} and ${endOfAccess(record)}; a call that began in epoch ${front} answered ` +
        `old, and the last to report and clear it ran in epoch ${lastClear <= 0 ? 'none' : lastClear}`,
    );
  }

  #judgeTlbHits(page: number, since: number): void {
    const { words, oracle } = this;
    for (let vcpu = 0; vcpu < oracle.vcpus; vcpu++) {
      const hit = words[oracle.tlbHits + vcpu * oracle.pages + page] as number;
      if (hit < since || hit >= this.#front || hit <= (this.#lastTlbHit[page] as number)) continue;
      // The same hit is not counted again by the next call.
      this.#lastTlbHit[page] = hit;
      this.findings.toleration('tlb-hit');
      return;
    }
  }

  /** Misreported: nobody is at the page, and every access to it ended before the last clear that reported it began. */
  #judgeMisreported(page: number): void {
    const { words, oracle } = this;
    const lastClear = this.#lastClear[page] as number;
    if (lastClear === UNKNOWN) return;
    const before = Math.max(1, lastClear);
    // The records alone excuse almost every page. Where a vCPU is, it writes at each access: a look would take that cache
    // line from it.
    for (let vcpu = 0; vcpu < oracle.vcpus; vcpu++) if (this.#hasAccessedSince(vcpu, page, before)) return;
    for (let vcpu = 0; vcpu < oracle.vcpus; vcpu++) {
      // First who is where: a vCPU that has moved on from the page has written its record before.
      if (Atomics.load(words, oracle.on + vcpu * ON_STRIDE) === page + 1) return;
      if (this.#hasAccessedSince(vcpu, page, before)) return;
    }
    const front = this.#front;
    this.findings.violation(
      'access-misreported',
      page,
      () =>
        `a call that began in epoch ${front} reported the page young; the last access to it ended before epoch ${before}`,
    );
  }

  #hasAccessedSince(vcpu: number, page: number, epoch: number): boolean {
    const { words, oracle } = this;
    return endOfAccess(Atomics.load(words, oracle.accesses + vcpu * oracle.pages + page)) >= epoch;
  }

  #sectionBegins(): void {
    this.#section = Atomics.load(this.words, this.#rcuEpoch);
    this.#entered = 0;
  }

  #tableEntered(table: number): void {
    if (this.#entered < TABLES_REMEMBERED) this.#tables[this.#entered++] = table;
    this.#judgeTable(table);
  }

  /** While the section is still open: a table that the walk was in may have been recycled under it. */
  #sectionEnds(): void {
    for (let i = 0; i < this.#entered; i++) this.#judgeTable(this.#tables[i] as number);
  }

  /**
   * The section's epoch was read after the section had opened. A table retired later than that must wait for this
   * section; if it was recycled all the same, that was too early.
   */
  #judgeTable(table: number): void {
    const stamp = Atomics.load(this.words, this.oracle.recycled + table);
    if (stamp === 0 || ((stamp - this.#section) | 0) <= 0 || stamp === this.#reportedStamp) return;
    this.#reportedStamp = stamp;
    const section = this.#section;
    this.findings.violation(
      'use-after-free',
      -1,
      () =>
        `a walk under RCU since epoch ${section} was in ${tableName(table)}, recycled although retired in epoch ${stamp}`,
    );
  }
}
