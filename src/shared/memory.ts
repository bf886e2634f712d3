/** Index of one 32-bit word of the arena. */
export type Word = number;

/**
 * The only way in which protocol code touches shared state.
 *
 * Every operation is one atomic, sequentially consistent step. Protocol functions are plain synchronous functions
 * whose behaviour depends on nothing but their arguments and the results of these operations, so that the same
 * source runs on real threads (`ThreadMemory`) and under every interleaving in the explorer.
 *
 * Results are as narrow as callers need: each further result bit would multiply the explorer's states.
 * Values are signed 32-bit integers.
 */
export interface Memory {
  /** The value of the word. */
  load(word: Word): number;
  /** Whether any bit of `mask` is set. */
  testBits(word: Word, mask: number): boolean;
  store(word: Word, value: number): void;
  /** Sets the bits of `mask` and returns the old value. */
  fetchOr(word: Word, mask: number): number;
  /** Keeps only the bits of `mask` and returns the old value. */
  fetchAnd(word: Word, mask: number): number;
  /** Adds modulo 2^32 and returns the old value. */
  fetchAdd(word: Word, delta: number): number;
  exchange(word: Word, value: number): number;
  /** Adds modulo 2^32. */
  add(word: Word, delta: number): void;
  setBits(word: Word, mask: number): void;
  clearBits(word: Word, mask: number): void;
  /** Clears the bits of `mask`; whether any of them was set before. */
  testAndClear(word: Word, mask: number): boolean;
  /** Adds `delta`; whether any bit of `mask` was set before. The narrow `fetchAdd` of a lock's fast path. */
  addAndTest(word: Word, delta: number, mask: number): boolean;
  /** Stores `next` if the word equals `expected`; the old value. */
  compareExchange(word: Word, expected: number, next: number): number;
  /** Stores `next` if the word equals `expected`; whether it did. */
  tryReplace(word: Word, expected: number, next: number): boolean;
  /** Blocks until `(word & mask) === value`; the word as it was then. */
  awaitBits(word: Word, mask: number, value: number): number;
  /** Blocks until `(word & mask) === value` and adds `delta` in the same step. */
  awaitAdd(word: Word, mask: number, value: number, delta: number): void;
  /** Wakes those who wait for the word. No step of its own: call it after the operation that may end a wait. */
  wake(word: Word): void;
  /** A racy read: it may decide that a page is *old*, as the kernel's READ_ONCE does, and nothing else. */
  peek(word: Word): number;
  /** Reads a word that the layout declares private to the calling thread. No scheduling point. */
  loadOwn(word: Word): number;
  /** Writes a word that the layout declares private to the calling thread. No scheduling point. */
  storeOwn(word: Word, value: number): void;
  /** Initialises `count` words that no other thread can reach yet: one step. */
  fill(word: Word, count: number, value: number): void;
  /** Explicit nondeterminism: 0 … n-1. */
  choose(n: number): number;
  /**
   * Marks the head of a loop, so that an explorer can merge histories. What follows may depend on nothing but the
   * label and the locals named here.
   */
  loopHead(label: string, ...locals: number[]): void;
  /** A ghost event for the oracle (see `GhostEvent`). It changes nothing that the protocol can see. */
  note(event: number, page: number, value: number): void;
}
