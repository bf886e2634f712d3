import { type GhostSink, ignoreGhosts } from './ghost-sink.ts';
import { HarnessError } from './harness-error.ts';
import type { Layout, LayoutBuilder } from './layout.ts';
import type { Memory, Word } from './memory.ts';
import type { Prng } from './prng.ts';

export interface ThreadMemoryOptions {
  /** First of `WAITER_WORDS` words in which waiting threads register. */
  readonly waiters: Word;
  /** Source of `choose`; without one, `choose` is an error. */
  readonly prng?: Prng;
  readonly sink?: GhostSink;
  /** Looks at a word, some 5 ns each, before a blocking operation goes to sleep. Default: 100. */
  readonly spins?: number;
  /** A blocking operation that waits longer is a `HarnessError`. Milliseconds. */
  readonly waitBoundMs?: number;
  /** Names the word in that error. */
  readonly layout?: Layout;
}

/** Words that `ThreadMemory` needs for registered waiters: waits are hashed onto them by word. */
export const WAITER_WORDS = 64;

export function createWaiterWords(layout: LayoutBuilder): Word {
  return layout.region({
    name: 'waiters',
    count: WAITER_WORDS,
    wordClass: 'shared',
    padded: true,
    meaning: 'threads registered to wait, by hash of the word',
  });
}

const DEFAULT_SPINS = 100;
/** Waits are re-checked this often, so that a lost wake-up costs a slice and is counted, but never hangs. */
const WAIT_SLICE_MS = 50;
const DEFAULT_WAIT_BOUND_MS = 10_000;

/** The `Memory` port on real threads: each operation is one `Atomics` call on a shared `Int32Array`. */
export class ThreadMemory implements Memory {
  readonly words: Int32Array;
  /** Slices that ended with their condition already true: nobody had woken this thread. */
  lostWakeups = 0;
  sink: GhostSink;
  readonly #waiters: Word;
  readonly #prng: Prng | undefined;
  readonly #spins: number;
  readonly #waitBoundMs: number;
  readonly #layout: Layout | undefined;

  constructor(words: Int32Array, options: ThreadMemoryOptions) {
    this.words = words;
    this.sink = options.sink ?? ignoreGhosts;
    this.#waiters = options.waiters;
    this.#prng = options.prng;
    this.#spins = options.spins ?? DEFAULT_SPINS;
    this.#waitBoundMs = options.waitBoundMs ?? DEFAULT_WAIT_BOUND_MS;
    this.#layout = options.layout;
  }

  load(word: Word): number {
    return Atomics.load(this.words, word);
  }

  testBits(word: Word, mask: number): boolean {
    return (Atomics.load(this.words, word) & mask) !== 0;
  }

  store(word: Word, value: number): void {
    Atomics.store(this.words, word, value);
  }

  fetchOr(word: Word, mask: number): number {
    return Atomics.or(this.words, word, mask);
  }

  fetchAnd(word: Word, mask: number): number {
    return Atomics.and(this.words, word, mask);
  }

  fetchAdd(word: Word, delta: number): number {
    return Atomics.add(this.words, word, delta);
  }

  exchange(word: Word, value: number): number {
    return Atomics.exchange(this.words, word, value);
  }

  add(word: Word, delta: number): void {
    Atomics.add(this.words, word, delta);
  }

  setBits(word: Word, mask: number): void {
    Atomics.or(this.words, word, mask);
  }

  clearBits(word: Word, mask: number): void {
    Atomics.and(this.words, word, ~mask);
  }

  testAndClear(word: Word, mask: number): boolean {
    return (Atomics.and(this.words, word, ~mask) & mask) !== 0;
  }

  addAndTest(word: Word, delta: number, mask: number): boolean {
    return (Atomics.add(this.words, word, delta) & mask) !== 0;
  }

  compareExchange(word: Word, expected: number, next: number): number {
    return Atomics.compareExchange(this.words, word, expected, next);
  }

  tryReplace(word: Word, expected: number, next: number): boolean {
    return Atomics.compareExchange(this.words, word, expected, next) === expected;
  }

  awaitBits(word: Word, mask: number, value: number): number {
    for (let spin = 0; spin < this.#spins; spin++) {
      const current = Atomics.load(this.words, word);
      if ((current & mask) === value) return current;
    }
    return this.#park(word, mask, value);
  }

  awaitAdd(word: Word, mask: number, value: number, delta: number): void {
    for (;;) {
      const current = this.awaitBits(word, mask, value);
      // Another thread may change the word between the two steps; only an unchanged word gets the addition.
      if (Atomics.compareExchange(this.words, word, current, (current + delta) | 0) === current) return;
    }
  }

  wake(word: Word): void {
    // A waiter registers before its last look at the word, so a wake-up that sees nobody registered is one that the
    // waiter's look has already seen.
    if (Atomics.load(this.words, this.#waiterWord(word)) !== 0) Atomics.notify(this.words, word);
  }

  peek(word: Word): number {
    return Atomics.load(this.words, word);
  }

  loadOwn(word: Word): number {
    return this.words[word] as number;
  }

  storeOwn(word: Word, value: number): void {
    this.words[word] = value;
  }

  fill(word: Word, count: number, value: number): void {
    this.words.fill(value, word, word + count);
  }

  choose(n: number): number {
    if (this.#prng === undefined) throw new HarnessError('choose() needs a seeded generator');
    return this.#prng.below(n);
  }

  loopHead(): void {}

  note(event: number, page: number, value: number): void {
    this.sink.note(event, page, value);
  }

  /** Waits up to `ms` for the word to differ from `value`: for control loops that must also look at a stop word. */
  pause(word: Word, value: number, ms: number): void {
    const waiters = this.#waiterWord(word);
    Atomics.add(this.words, waiters, 1);
    Atomics.wait(this.words, word, value, ms);
    Atomics.sub(this.words, waiters, 1);
  }

  #waiterWord(word: Word): Word {
    return this.#waiters + (word & (WAITER_WORDS - 1));
  }

  #park(word: Word, mask: number, value: number): number {
    const deadline = performance.now() + this.#waitBoundMs;
    const waiters = this.#waiterWord(word);
    Atomics.add(this.words, waiters, 1);
    try {
      let current = Atomics.load(this.words, word);
      while ((current & mask) !== value) {
        // A word that changes all the time ends each slice at once, so the bound is looked at after every slice.
        if (performance.now() > deadline) this.#giveUp(word, mask, value, current);
        const outcome = Atomics.wait(this.words, word, current, WAIT_SLICE_MS);
        current = Atomics.load(this.words, word);
        if (outcome === 'timed-out' && (current & mask) === value) this.lostWakeups++;
      }
      return current;
    } finally {
      Atomics.sub(this.words, waiters, 1);
    }
  }

  #giveUp(word: Word, mask: number, value: number, current: number): never {
    const name = this.#layout?.nameOf(word, (other) => Atomics.load(this.words, other)) ?? `word ${word}`;
    throw new HarnessError(
      `waited ${this.#waitBoundMs} ms for ${name} & 0x${(mask >>> 0).toString(16)} to become ` +
        `0x${(value >>> 0).toString(16)}; it is 0x${(current >>> 0).toString(16)}`,
    );
  }
}

/**
 * As `ThreadMemory`, but `peek` is a plain read, as the kernel's READ_ONCE is. The engine may reorder or reuse plain
 * reads, so a page may look old a little longer than it is: for measuring, not for judging losses.
 */
export class RacyThreadMemory extends ThreadMemory {
  override peek(word: Word): number {
    return this.words[word] as number;
  }
}
