import { GhostEvent, hasOwnStep, isOpening } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { LockTracker } from '../verify/lock-tracker.ts';
import { ProgramError } from './program-error.ts';

/** A word that was taken for quiet turns out to be shared: what was explored so far must be explored again. */
export class WordIsShared extends ProgramError {}

/** Word 0 is never handed out: a load of it is a step that changes nothing. */
const MARKER: Word = 0;

/**
 * Which words matter to more than one thread. A word that only one thread touches, or that nobody writes, is *quiet*: an
 * operation on it commutes with everything that the others do, so it need be no step. What is quiet is found as the
 * search goes: every word is, until a second thread meets it; then the search begins again, with that word shared.
 * The last search has met no such case, so its assumption was right in every execution that it knows, and any other one
 * can be turned into one of those by moving quiet operations up to the thread's step before.
 */
export class WordRoles {
  readonly #shared: Uint8Array;
  readonly #readers: Int32Array;
  readonly #writers: Int32Array;
  readonly #initial: Int32Array;
  /** Whether an invariant forbids a value: invariants see no quiet word, so a word that takes such a value is none. */
  readonly isForbidden: (word: Word, value: number) => boolean;

  constructor(initial: Int32Array, isForbidden: (word: Word, value: number) => boolean = () => false) {
    this.#initial = initial;
    this.isForbidden = isForbidden;
    this.#shared = new Uint8Array(initial.length);
    this.#readers = new Int32Array(initial.length);
    this.#writers = new Int32Array(initial.length);
  }

  isShared(word: Word): boolean {
    return this.#shared[word] === 1;
  }

  /** All of them, in order: with them, a schedule means the same steps without any search. */
  get shared(): Word[] {
    return Array.from(this.#shared.keys()).filter((word) => this.isShared(word));
  }

  /** Nobody writes it: it is what it was at first. */
  isConstant(word: Word): boolean {
    return this.#writers[word] === 0;
  }

  initialOf(word: Word): number {
    return this.#initial[word] as number;
  }

  share(word: Word): void {
    this.#shared[word] = 1;
  }

  /** A thread reads or writes a quiet word. */
  touch(word: Word, thread: number, writes: boolean): void {
    const bit = 1 << thread;
    this.#readers[word] = (this.#readers[word] as number) | bit;
    if (writes) this.#writers[word] = (this.#writers[word] as number) | bit;
    const writers = this.#writers[word] as number;
    if (writers === 0 || (writers === bit && this.#readers[word] === bit)) return;
    this.#shared[word] = 1;
    throw new WordIsShared(`word ${word} is shared`);
  }
}

/**
 * The port as one thread of a search sees it: operations on quiet words are none of its steps. Ghost events that nobody
 * watches are dropped; those that are watched ride on a step, for which a quiet operation is made one.
 */
export class QuietMemory implements Memory {
  readonly #inner: Memory;
  readonly #roles: WordRoles;
  readonly #thread: number;
  readonly #watched: ReadonlySet<number>;
  /** The last operation was quiet: a closing event has no step to ride on. Before the first one it needs none. */
  #wasQuiet = false;
  /** An opening event waits for a step. */
  #opens = false;
  /** There was a loop head since the last step. */
  #isPastHead = false;
  #scope = '';
  readonly #locks = new LockTracker();

  constructor(inner: Memory, roles: WordRoles, thread: number, watched: ReadonlySet<number>) {
    this.#inner = inner;
    this.#roles = roles;
    this.#thread = thread;
    this.#watched = watched;
  }

  /** A loop head from which everything follows from the label and the locals; heads inside belong to it. */
  scope(label: string, ...locals: number[]): void {
    this.#misused(this.#locks.end(), -1);
    this.#scope = `${label} ${locals.join(' ')}`;
    this.#head(this.#scope);
  }

  /** The thread has done its last operation: an event that still waits for a step gets one. */
  end(): void {
    if (this.#opens && this.#wasQuiet) this.#mark();
  }

  load(word: Word): number {
    return this.#isQuiet(word) ? this.#read(word) : this.#inner.load(word);
  }

  peek(word: Word): number {
    return this.#isQuiet(word) ? this.#read(word) : this.#inner.peek(word);
  }

  testBits(word: Word, mask: number): boolean {
    return this.#isQuiet(word) ? (this.#read(word) & mask) !== 0 : this.#inner.testBits(word, mask);
  }

  store(word: Word, value: number): void {
    if (this.#isQuiet(word)) this.#write(word, value);
    else this.#inner.store(word, value);
  }

  fetchOr(word: Word, mask: number): number {
    return this.#isQuiet(word) ? this.#update(word, (old) => old | mask) : this.#inner.fetchOr(word, mask);
  }

  fetchAnd(word: Word, mask: number): number {
    return this.#isQuiet(word) ? this.#update(word, (old) => old & mask) : this.#inner.fetchAnd(word, mask);
  }

  fetchAdd(word: Word, delta: number): number {
    return this.#isQuiet(word) ? this.#update(word, (old) => old + delta) : this.#inner.fetchAdd(word, delta);
  }

  exchange(word: Word, value: number): number {
    return this.#isQuiet(word) ? this.#update(word, () => value) : this.#inner.exchange(word, value);
  }

  add(word: Word, delta: number): void {
    if (this.#isQuiet(word)) this.#update(word, (old) => old + delta);
    else this.#inner.add(word, delta);
  }

  setBits(word: Word, mask: number): void {
    if (this.#isQuiet(word)) this.#update(word, (old) => old | mask);
    else this.#inner.setBits(word, mask);
  }

  clearBits(word: Word, mask: number): void {
    if (this.#isQuiet(word)) this.#update(word, (old) => old & ~mask);
    else this.#inner.clearBits(word, mask);
  }

  testAndClear(word: Word, mask: number): boolean {
    if (!this.#isQuiet(word)) return this.#inner.testAndClear(word, mask);
    return (this.#update(word, (old) => old & ~mask) & mask) !== 0;
  }

  addAndTest(word: Word, delta: number, mask: number): boolean {
    if (!this.#isQuiet(word)) return this.#inner.addAndTest(word, delta, mask);
    return (this.#update(word, (old) => old + delta) & mask) !== 0;
  }

  compareExchange(word: Word, expected: number, next: number): number {
    if (!this.#isQuiet(word)) return this.#inner.compareExchange(word, expected, next);
    return this.#update(word, (old) => (old === (expected | 0) ? next : old));
  }

  tryReplace(word: Word, expected: number, next: number): boolean {
    if (!this.#isQuiet(word)) return this.#inner.tryReplace(word, expected, next);
    return this.#update(word, (old) => (old === (expected | 0) ? next : old)) === (expected | 0);
  }

  awaitBits(word: Word, mask: number, value: number): number {
    if (!this.#isQuiet(word)) return this.#inner.awaitBits(word, mask, value);
    const current = this.#read(word);
    if ((current & mask) !== value) this.#giveUpQuiet(word);
    return current;
  }

  awaitAdd(word: Word, mask: number, value: number, delta: number): void {
    if (!this.#isQuiet(word)) this.#inner.awaitAdd(word, mask, value, delta);
    else if ((this.#read(word) & mask) !== value) this.#giveUpQuiet(word);
    else this.#update(word, (old) => old + delta);
  }

  wake(word: Word): void {
    if (this.#roles.isShared(word)) this.#inner.wake(word);
  }

  loadOwn(word: Word): number {
    return this.#inner.loadOwn(word);
  }

  storeOwn(word: Word, value: number): void {
    this.#inner.storeOwn(word, value);
  }

  fill(word: Word, count: number, value: number): void {
    let anyShared = false;
    for (let i = word; i < word + count; i++) anyShared ||= this.#roles.isShared(i);
    if (!anyShared) {
      this.#quietly();
      for (let i = word; i < word + count; i++) this.#write(i, value);
      return;
    }
    // One step for all of its words, so all of them are shared if one is.
    for (let i = word; i < word + count; i++) if (!this.#roles.isShared(i)) this.#giveUpQuiet(i);
    this.#loudly();
    this.#inner.fill(word, count, value);
  }

  choose(n: number): number {
    this.#loudly();
    return this.#inner.choose(n);
  }

  loopHead(label: string, ...locals: number[]): void {
    // Round and round without a step: the loop gets one, so that it is a cycle, and others go on beside it.
    if (this.#isPastHead) this.#mark();
    this.#isPastHead = true;
    this.#head(`${this.#scope}: ${label}`, ...locals);
  }

  note(event: number, page: number, value: number): void {
    this.#misused(this.#locks.note(event, value), page);
    if (!this.#watched.has(event)) return;
    if (isOpening(event)) this.#opens = true;
    else if (this.#wasQuiet || hasOwnStep(event)) this.#mark();
    // Behind an opening event, with no step between, it takes that along.
    else this.#opens = false;
    this.#inner.note(event, page, value);
  }

  /** What the thread's own locks have come to is an event like others, at the step that has brought it about. */
  #misused(misuse: number | undefined, page: number): void {
    if (misuse !== undefined) this.note(GhostEvent.lockMisuse, page, misuse);
  }

  /** Which locks are held, and whether a closing event behind the head needs a step, follows from what is in front of it. */
  #head(label: string, ...locals: number[]): void {
    this.#inner.loopHead(label, Number(this.#wasQuiet), this.#locks.held, ...locals);
  }

  /** Whether the operation that follows, on this word, is no step; remembers it for the events around it. */
  #isQuiet(word: Word): boolean {
    if (this.#roles.isShared(word)) {
      this.#loudly();
      return false;
    }
    this.#quietly();
    return true;
  }

  #quietly(): void {
    // With an event to carry, the marker is the operation's step: closing events ride on it, too.
    if (this.#opens) this.#mark();
    else this.#wasQuiet = true;
  }

  #loudly(): void {
    this.#wasQuiet = false;
    this.#opens = false;
    this.#isPastHead = false;
  }

  /** A step that changes nothing, for an event to ride on. */
  #mark(): void {
    this.#loudly();
    this.#inner.load(MARKER);
  }

  #read(word: Word): number {
    this.#roles.touch(word, this.#thread, false);
    return this.#roles.isConstant(word) ? this.#roles.initialOf(word) : this.#inner.loadOwn(word);
  }

  #write(word: Word, value: number): void {
    this.#roles.touch(word, this.#thread, true);
    if (this.#roles.isForbidden(word, value | 0)) this.#giveUpQuiet(word);
    this.#inner.storeOwn(word, value);
  }

  #update(word: Word, next: (old: number) => number): number {
    this.#roles.touch(word, this.#thread, true);
    const old = this.#inner.loadOwn(word);
    const value = next(old) | 0;
    if (this.#roles.isForbidden(word, value)) this.#giveUpQuiet(word);
    this.#inner.storeOwn(word, value);
    return old;
  }

  /**
   * What waits for another thread, or must be seen by an invariant, is a step, even if no other thread has been seen to
   * touch the word.
   */
  #giveUpQuiet(word: Word): never {
    this.#roles.share(word);
    throw new WordIsShared(`word ${word} must not be quiet`);
  }
}
