import type { Memory, Word } from '../shared/memory.ts';
import { type Operation, OpKind } from './operation.ts';
import { ProgramError } from './program-error.ts';
import { faultOf, type ThreadFault } from './thread-fault.ts';

/** Stops a thread at the first operation that it has not been allowed to do. */
const PAUSE: unknown = Object.freeze({ replay: 'pause' });

/** An operation with what it did. */
export interface DoneStep {
  readonly operation: Operation;
  readonly result: number;
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** How a thread stands after its last step. */
export type ThreadStanding =
  | { readonly state: 'pending'; readonly operation: Operation }
  | { readonly state: 'returned'; readonly value: unknown }
  | { readonly state: 'threw'; readonly fault: ThreadFault };

/**
 * One thread of a scripted replay, over plain words. It shares no code with the search: it runs the plain function
 * again for each step, answers what was done already from its own record, and does the operation whose turn it is.
 */
export class ScriptedThread implements Memory {
  readonly #words: Int32Array;
  readonly #program: (memory: Memory) => unknown;
  readonly #results: number[] = [];
  #position = 0;
  #granted = 0;
  #alternative = 0;
  #own = new Map<Word, number>();
  #pending: Operation | undefined;
  #done: DoneStep | undefined;
  #standing: ThreadStanding;

  constructor(words: Int32Array, program: (memory: Memory) => unknown) {
    this.#words = words;
    this.#program = program;
    this.#standing = this.#run(0);
  }

  get standing(): ThreadStanding {
    return this.#standing;
  }

  /** The thread's own words as it has left them. */
  get ownWords(): ReadonlyMap<Word, number> {
    return this.#own;
  }

  get isEnabled(): boolean {
    if (this.#standing.state !== 'pending') return false;
    const { kind, word, a, b } = this.#standing.operation;
    const waits = kind === OpKind.awaitBits || kind === OpKind.awaitAdd;
    return !waits || ((this.#words[word] as number) & a) === b;
  }

  /** Does the pending operation. */
  step(alternative: number): DoneStep {
    this.#alternative = alternative;
    this.#done = undefined;
    this.#standing = this.#run(this.#results.length + 1);
    if (this.#done === undefined) throw new Error('the thread has no step left');
    return this.#done;
  }

  load(word: Word): number {
    return this.#do(OpKind.load, word, 0, 0, 0, (old) => old);
  }

  testBits(word: Word, mask: number): boolean {
    return this.#do(OpKind.testBits, word, mask, 0, 0, (old) => Number((old & mask) !== 0)) === 1;
  }

  store(word: Word, value: number): void {
    this.#do(OpKind.store, word, value, 0, 0, () => this.#write(word, value, 0));
  }

  fetchOr(word: Word, mask: number): number {
    return this.#do(OpKind.fetchOr, word, mask, 0, 0, (old) => this.#write(word, old | mask, old));
  }

  fetchAnd(word: Word, mask: number): number {
    return this.#do(OpKind.fetchAnd, word, mask, 0, 0, (old) => this.#write(word, old & mask, old));
  }

  fetchAdd(word: Word, delta: number): number {
    return this.#do(OpKind.fetchAdd, word, delta, 0, 0, (old) => this.#write(word, old + delta, old));
  }

  exchange(word: Word, value: number): number {
    return this.#do(OpKind.exchange, word, value, 0, 0, (old) => this.#write(word, value, old));
  }

  add(word: Word, delta: number): void {
    this.#do(OpKind.add, word, delta, 0, 0, (old) => this.#write(word, old + delta, 0));
  }

  setBits(word: Word, mask: number): void {
    this.#do(OpKind.setBits, word, mask, 0, 0, (old) => this.#write(word, old | mask, 0));
  }

  clearBits(word: Word, mask: number): void {
    this.#do(OpKind.clearBits, word, mask, 0, 0, (old) => this.#write(word, old & ~mask, 0));
  }

  testAndClear(word: Word, mask: number): boolean {
    const had = (old: number) => this.#write(word, old & ~mask, Number((old & mask) !== 0));
    return this.#do(OpKind.testAndClear, word, mask, 0, 0, had) === 1;
  }

  addAndTest(word: Word, delta: number, mask: number): boolean {
    const had = (old: number) => this.#write(word, old + delta, Number((old & mask) !== 0));
    return this.#do(OpKind.addAndTest, word, delta, mask, 0, had) === 1;
  }

  compareExchange(word: Word, expected: number, next: number): number {
    const swap = (old: number) => (old === (expected | 0) ? this.#write(word, next, old) : old);
    return this.#do(OpKind.compareExchange, word, expected, next, 0, swap);
  }

  tryReplace(word: Word, expected: number, next: number): boolean {
    const swap = (old: number) => (old === (expected | 0) ? this.#write(word, next, 1) : 0);
    return this.#do(OpKind.tryReplace, word, expected, next, 0, swap) === 1;
  }

  awaitBits(word: Word, mask: number, value: number): number {
    return this.#do(OpKind.awaitBits, word, mask, value, 0, (old) => old);
  }

  awaitAdd(word: Word, mask: number, value: number, delta: number): void {
    this.#do(OpKind.awaitAdd, word, mask, value, delta, (old) => this.#write(word, old + delta, 0));
  }

  wake(): void {}

  peek(word: Word): number {
    return this.#do(OpKind.peek, word, 0, 0, 0, (old) => old);
  }

  loadOwn(word: Word): number {
    return this.#own.get(word) ?? (this.#words[word] as number);
  }

  storeOwn(word: Word, value: number): void {
    this.#own.set(word, value | 0);
  }

  fill(word: Word, count: number, value: number): void {
    this.#do(OpKind.fill, word, count, value, 0, () => {
      for (let i = 0; i < count; i++) this.#words[word + i] = value;
      return 0;
    });
  }

  choose(n: number): number {
    return this.#do(OpKind.choose, 0, n, 0, 0, () => this.#alternative);
  }

  loopHead(): void {}

  note(): void {}

  /** Runs the function from its start, with the first `granted` operations allowed. */
  #run(granted: number): ThreadStanding {
    this.#position = 0;
    this.#granted = granted;
    this.#own = new Map();
    this.#pending = undefined;
    try {
      return { state: 'returned', value: this.#program(this) };
    } catch (error) {
      if (error === PAUSE && this.#pending !== undefined) return { state: 'pending', operation: this.#pending };
      // What the engine itself has to say is no fault of the program's.
      if (error instanceof ProgramError) throw error;
      return { state: 'threw', fault: faultOf(error) };
    }
  }

  #do(kind: number, word: Word, a: number, b: number, c: number, act: (old: number) => number): number {
    const position = this.#position++;
    if (position < this.#results.length) return this.#results[position] as number;
    const operation: Operation = { kind, word, a: a | 0, b: b | 0, c: c | 0 };
    if (position >= this.#granted) {
      this.#pending = operation;
      throw PAUSE;
    }
    const touches = kind !== OpKind.choose;
    const before = touches ? this.#words[word] : undefined;
    const result = act(before ?? 0);
    this.#results.push(result);
    this.#done = { operation, result, before, after: touches ? this.#words[word] : undefined };
    return result;
  }

  #write(word: Word, value: number, result: number): number {
    this.#words[word] = value;
    return result;
  }
}
