import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Memory } from '../../../src/shared/memory.ts';
import { ThreadMemory } from '../../../src/shared/thread-memory.ts';
import { createArena, singleThreadMemory } from '../../support/arena.ts';

const WORDS = 4;

const arena = createArena((layout) =>
  layout.region({ name: 'word', count: WORDS, wordClass: 'shared', meaning: 'under test' }),
);

/** What an operation does to a word, and what it returns: the port once more, as plainly as possible. */
type Effect = (old: number, a: number, b: number) => { next: number; result: unknown };
type Call = (m: Memory, word: number, a: number, b: number) => unknown;

const operations: Record<string, { call: Call; effect: Effect }> = {
  load: { call: (m, w) => m.load(w), effect: (old) => ({ next: old, result: old }) },
  peek: { call: (m, w) => m.peek(w), effect: (old) => ({ next: old, result: old }) },
  loadOwn: { call: (m, w) => m.loadOwn(w), effect: (old) => ({ next: old, result: old }) },
  testBits: { call: (m, w, a) => m.testBits(w, a), effect: (old, a) => ({ next: old, result: (old & a) !== 0 }) },
  store: { call: (m, w, a) => m.store(w, a), effect: (_, a) => ({ next: a, result: undefined }) },
  storeOwn: { call: (m, w, a) => m.storeOwn(w, a), effect: (_, a) => ({ next: a, result: undefined }) },
  fill: { call: (m, w, a) => m.fill(w, 1, a), effect: (_, a) => ({ next: a, result: undefined }) },
  fetchOr: { call: (m, w, a) => m.fetchOr(w, a), effect: (old, a) => ({ next: old | a, result: old }) },
  fetchAnd: { call: (m, w, a) => m.fetchAnd(w, a), effect: (old, a) => ({ next: old & a, result: old }) },
  fetchAdd: { call: (m, w, a) => m.fetchAdd(w, a), effect: (old, a) => ({ next: sum(old, a), result: old }) },
  exchange: { call: (m, w, a) => m.exchange(w, a), effect: (old, a) => ({ next: a, result: old }) },
  add: { call: (m, w, a) => m.add(w, a), effect: (old, a) => ({ next: sum(old, a), result: undefined }) },
  setBits: { call: (m, w, a) => m.setBits(w, a), effect: (old, a) => ({ next: old | a, result: undefined }) },
  clearBits: { call: (m, w, a) => m.clearBits(w, a), effect: (old, a) => ({ next: old & ~a, result: undefined }) },
  testAndClear: {
    call: (m, w, a) => m.testAndClear(w, a),
    effect: (old, a) => ({ next: old & ~a, result: (old & a) !== 0 }),
  },
  addAndTest: {
    call: (m, w, a, b) => m.addAndTest(w, a, b),
    effect: (old, a, b) => ({ next: sum(old, a), result: (old & b) !== 0 }),
  },
  compareExchange: {
    call: (m, w, a, b) => m.compareExchange(w, a, b),
    effect: (old, a, b) => ({ next: old === a ? b : old, result: old }),
  },
  tryReplace: {
    call: (m, w, a, b) => m.tryReplace(w, a, b),
    effect: (old, a, b) => ({ next: old === a ? b : old, result: old === a }),
  },
  awaitBitsThatHold: {
    call: (m, w, a) => m.awaitBits(w, a, m.load(w) & a),
    effect: (old) => ({ next: old, result: old }),
  },
  awaitAddThatHolds: {
    call: (m, w, a, b) => m.awaitAdd(w, a, m.load(w) & a, b),
    effect: (old, _, b) => ({ next: sum(old, b), result: undefined }),
  },
};

function sum(a: number, b: number): number {
  return Number(BigInt.asIntN(32, BigInt(a) + BigInt(b)));
}

type Model = { words: number[] };

class Step implements fc.Command<Model, Memory> {
  readonly #name: string;
  readonly #word: number;
  readonly #a: number;
  readonly #b: number;

  constructor(name: string, word: number, a: number, b: number) {
    this.#name = name;
    this.#word = word;
    this.#a = a;
    this.#b = b;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: Memory): void {
    const { call, effect } = operations[this.#name] as { call: Call; effect: Effect };
    const { next, result } = effect(model.words[this.#word] as number, this.#a, this.#b);
    model.words[this.#word] = next;
    expect(call(real, arena.parts + this.#word, this.#a, this.#b)).toBe(result);
    expect(Array.from({ length: WORDS }, (_, word) => real.load(arena.parts + word))).toEqual(model.words);
  }

  toString(): string {
    return `${this.#name}(${this.#word}, ${this.#a}, ${this.#b})`;
  }
}

const value = fc.oneof(
  fc.constantFrom(0, 1, -1, 2 ** 31 - 1, -(2 ** 31)),
  fc.integer({ min: 0, max: 3 }),
  fc.integer(),
);

const steps = Object.keys(operations).map((name) =>
  fc.tuple(fc.nat({ max: WORDS - 1 }), value, value).map(([word, a, b]) => new Step(name, word, a, b)),
);

function agreesWithModel(memory: () => Memory): void {
  fc.assert(
    fc.property(fc.commands(steps, { maxCommands: 50 }), (commands) => {
      fc.modelRun(() => ({ model: { words: new Array(WORDS).fill(0) }, real: memory() }), commands);
    }),
  );
}

describe('ThreadMemory, called from one thread', () => {
  it('does what a list of numbers would', () => {
    agreesWithModel(() => singleThreadMemory(arena));
  });

  it('would not pass with an operation that returns the new value', () => {
    class Broken extends ThreadMemory {
      override fetchAdd(word: number, delta: number): number {
        return super.fetchAdd(word, delta) + delta;
      }
    }
    const { words } = singleThreadMemory(arena);
    expect(() => agreesWithModel(() => new Broken(words.slice(), { waiters: arena.waiters }))).toThrow('fetchAdd');
  });
});
