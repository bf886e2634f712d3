import { isOpening } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import type { Note } from './note-lists.ts';
import { OpKind, opName } from './operation.ts';
import type { OwnWords } from './own-words.ts';
import { ProgramError } from './program-error.ts';

/** Thrown to stop a program at its first operation whose result is not known. Preallocated: throwing it is cheap. */
const STOP: unknown = Object.freeze({ explorer: 'stop' });

/** Operations without a step that a thread may do between two steps; more is taken for an endless loop. */
const MAX_SILENT_OPERATIONS = 1_000_000;

/** Looks up what the operation at a known place of the history was. */
export interface KnownOperations {
  /** Whether node `node` is this operation. */
  matches(node: number, kind: number, word: Word, a: number, b: number, c: number): boolean;
  describe(node: number): string;
}

/**
 * The `Memory` port of the explorer's program generator. It answers the operations of a recorded history with their
 * recorded results, and stops the program at the first operation beyond it.
 */
export class PrefixMemory implements Memory {
  /** The operation at which the program has stopped. */
  kind = 0;
  word = 0;
  a = 0;
  b = 0;
  c = 0;
  /** Whether it has stopped at an operation (rather than returned or thrown). */
  stopped = false;
  /** Ghost events since the last step that go with that step. */
  closing: Note[] = [];
  /** Ghost events that go with the next step. */
  opening: Note[] = [];
  /** Words woken since the last step. */
  woken: Word[] = [];
  /** The last loop head since the last step, as a key; undefined if there was none. */
  head: string | undefined;
  /** The thread's own words that it has written, with their values. */
  readonly own = new Map<Word, number>();

  #thread = 0;
  #threadName = '';
  #nodes: readonly number[] = [];
  #results: readonly number[] = [];
  #position = 0;
  #silent = 0;
  #failure: ProgramError | undefined;
  readonly #known: KnownOperations;
  readonly #initial: Int32Array;
  readonly #ownWords: OwnWords;

  constructor(known: KnownOperations, initial: Int32Array, ownWords: OwnWords) {
    this.#known = known;
    this.#initial = initial;
    this.#ownWords = ownWords;
  }

  /** Runs the program along a history; afterwards the fields say where it stopped. Returns its value, if it returned. */
  run(
    thread: number,
    threadName: string,
    program: (memory: Memory) => unknown,
    nodes: readonly number[],
    results: readonly number[],
  ): { returned: boolean; value: unknown } {
    this.#thread = thread;
    this.#threadName = threadName;
    this.#nodes = nodes;
    this.#results = results;
    this.#position = 0;
    this.#silent = 0;
    this.#failure = undefined;
    this.stopped = false;
    this.closing = [];
    this.opening = [];
    this.woken = [];
    this.head = undefined;
    this.own.clear();
    let returned = false;
    let value: unknown;
    try {
      value = program(this);
      returned = true;
    } catch (error) {
      // What the engine itself has to say is no fault of the program's.
      if (error instanceof ProgramError) throw error;
      value = error;
    }
    if (this.#failure !== undefined) throw this.#failure;
    if (this.stopped && value !== STOP) {
      throw new ProgramError(`${threadName} has caught the signal that stops it: protocol code must not catch it`);
    }
    if (!this.stopped && this.#position < results.length) {
      throw this.#undetermined('ended');
    }
    return { returned, value };
  }

  load(word: Word): number {
    return this.#step(OpKind.load, word, 0, 0, 0, 1);
  }

  testBits(word: Word, mask: number): boolean {
    return this.#step(OpKind.testBits, word, mask, 0, 0, 1) !== 0;
  }

  store(word: Word, value: number): void {
    this.#step(OpKind.store, word, value, 0, 0, 1);
  }

  fetchOr(word: Word, mask: number): number {
    return this.#step(OpKind.fetchOr, word, mask, 0, 0, 1);
  }

  fetchAnd(word: Word, mask: number): number {
    return this.#step(OpKind.fetchAnd, word, mask, 0, 0, 1);
  }

  fetchAdd(word: Word, delta: number): number {
    return this.#step(OpKind.fetchAdd, word, delta, 0, 0, 1);
  }

  exchange(word: Word, value: number): number {
    return this.#step(OpKind.exchange, word, value, 0, 0, 1);
  }

  add(word: Word, delta: number): void {
    this.#step(OpKind.add, word, delta, 0, 0, 1);
  }

  setBits(word: Word, mask: number): void {
    this.#step(OpKind.setBits, word, mask, 0, 0, 1);
  }

  clearBits(word: Word, mask: number): void {
    this.#step(OpKind.clearBits, word, mask, 0, 0, 1);
  }

  testAndClear(word: Word, mask: number): boolean {
    return this.#step(OpKind.testAndClear, word, mask, 0, 0, 1) !== 0;
  }

  addAndTest(word: Word, delta: number, mask: number): boolean {
    return this.#step(OpKind.addAndTest, word, delta, mask, 0, 1) !== 0;
  }

  compareExchange(word: Word, expected: number, next: number): number {
    return this.#step(OpKind.compareExchange, word, expected, next, 0, 1);
  }

  tryReplace(word: Word, expected: number, next: number): boolean {
    return this.#step(OpKind.tryReplace, word, expected, next, 0, 1) !== 0;
  }

  awaitBits(word: Word, mask: number, value: number): number {
    return this.#step(OpKind.awaitBits, word, mask, value, 0, 1);
  }

  awaitAdd(word: Word, mask: number, value: number, delta: number): void {
    this.#step(OpKind.awaitAdd, word, mask, value, delta, 1);
  }

  wake(word: Word): void {
    this.#silently();
    this.#checkWords(word, 1);
    if (this.#position === this.#results.length) this.woken.push(word);
  }

  peek(word: Word): number {
    return this.#step(OpKind.peek, word, 0, 0, 0, 1);
  }

  loadOwn(word: Word): number {
    this.#claim(word);
    return this.own.get(word) ?? (this.#initial[word] as number);
  }

  storeOwn(word: Word, value: number): void {
    this.#claim(word);
    this.own.set(word, value | 0);
  }

  fill(word: Word, count: number, value: number): void {
    this.#step(OpKind.fill, word, count, value, 0, count);
  }

  choose(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1) {
      return this.#fail(new ProgramError(`${this.#threadName} chooses among ${n} alternatives`));
    }
    return this.#step(OpKind.choose, 0, n, 0, 0, 0);
  }

  loopHead(label: string, ...locals: number[]): void {
    this.#silently();
    if (this.#position < this.#results.length) return;
    // Own words and events that wait for the next step are part of what follows, so they belong to the key.
    const own = [...this.own].sort(([left], [right]) => left - right);
    this.head = JSON.stringify([label, locals, own, this.opening]);
  }

  note(event: number, page: number, value: number): void {
    this.#silently();
    if (this.#position < this.#results.length) return;
    if (isOpening(event)) {
      this.opening.push({ event, page, value });
    } else {
      // Events keep their order: an opening one in front of a closing one, with no step between, joins it.
      this.closing.push(...this.opening, { event, page, value });
      this.opening = [];
    }
  }

  #step(kind: number, word: Word, a: number, b: number, c: number, count: number): number {
    const position = this.#position;
    if (position < this.#results.length) {
      if (!this.#known.matches(this.#nodes[position] as number, kind, word, a | 0, b | 0, c | 0)) {
        return this.#fail(this.#undetermined(`did ${opName(kind)}`));
      }
      this.#position = position + 1;
      this.#silent = 0;
      return this.#results[position] as number;
    }
    if (this.stopped) return this.#fail(this.#swallowed(`issues ${opName(kind)}`));
    if (count > 0) {
      this.#checkWords(word, count);
      try {
        this.#ownWords.share(word, count, this.#thread);
      } catch (error) {
        this.#fail(error as ProgramError);
      }
    }
    this.kind = kind;
    this.word = word;
    this.a = a | 0;
    this.b = b | 0;
    this.c = c | 0;
    this.stopped = true;
    throw STOP;
  }

  #claim(word: Word): void {
    this.#silently();
    this.#checkWords(word, 1);
    try {
      this.#ownWords.claim(word, this.#thread);
    } catch (error) {
      this.#fail(error as ProgramError);
    }
  }

  #checkWords(word: Word, count: number): void {
    if (Number.isInteger(word) && Number.isInteger(count) && count >= 0 && word >= 0) {
      if (word + count <= this.#initial.length) return;
    }
    const what = count === 1 ? `word ${word}` : `${count} words from ${word}`;
    this.#fail(new ProgramError(`${this.#threadName} touches ${what} of ${this.#initial.length}`));
  }

  #silently(): void {
    if (this.stopped) this.#fail(this.#swallowed('goes on'));
    if (++this.#silent > MAX_SILENT_OPERATIONS) {
      this.#fail(new ProgramError(`${this.#threadName} loops without a step`));
    }
  }

  #swallowed(what: string): ProgramError {
    return new ProgramError(`${this.#threadName} ${what} after it has caught the signal that stops it`);
  }

  #undetermined(what: string): ProgramError {
    const place = this.#position;
    return new ProgramError(
      `${this.#threadName} is not deterministic: its operation ${place + 1} was ` +
        `${this.#known.describe(this.#nodes[place] as number)}; run again with the same results it ${what}`,
    );
  }

  /** Records the error, which survives even if the program catches what is thrown here. */
  #fail(error: ProgramError): never {
    this.#failure ??= error;
    throw error;
  }
}
