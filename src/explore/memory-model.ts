import { OpKind } from './operation.ts';

/** Returned instead of a result by an operation that cannot happen now. No 32-bit result equals it. */
export const BLOCKED = 0x1_0000_0000;

/**
 * How an operation acts on memory. The engine stores whatever the model keeps in `words`, so a model with store
 * buffers has words of its own behind those of the program, and its flushes are moves of threads of their own.
 */
export interface MemoryModel {
  /** Named in every result. */
  readonly name: string;
  /** Words that the model needs behind the program's. */
  extraWords(threads: number): number;
  /** Does one operation in place and returns its result (0 for none), or `BLOCKED` and changes nothing. */
  step(words: Int32Array, thread: number, kind: number, word: number, a: number, b: number, c: number): number;
}

/** Sequential consistency: every operation acts on the one memory at once. */
export const sequentialConsistency: MemoryModel = {
  name: 'sc',
  extraWords: () => 0,
  step(words, _thread, kind, word, a, b, c) {
    const old = words[word] as number;
    switch (kind) {
      case OpKind.load:
      case OpKind.peek:
        return old;
      case OpKind.testBits:
        return (old & a) !== 0 ? 1 : 0;
      case OpKind.store:
        words[word] = a;
        return 0;
      case OpKind.fetchOr:
        words[word] = old | a;
        return old;
      case OpKind.fetchAnd:
        words[word] = old & a;
        return old;
      case OpKind.fetchAdd:
        words[word] = old + a;
        return old;
      case OpKind.exchange:
        words[word] = a;
        return old;
      case OpKind.add:
        words[word] = old + a;
        return 0;
      case OpKind.setBits:
        words[word] = old | a;
        return 0;
      case OpKind.clearBits:
        words[word] = old & ~a;
        return 0;
      case OpKind.testAndClear:
        words[word] = old & ~a;
        return (old & a) !== 0 ? 1 : 0;
      case OpKind.addAndTest:
        words[word] = old + a;
        return (old & b) !== 0 ? 1 : 0;
      case OpKind.compareExchange:
        if (old === a) words[word] = b;
        return old;
      case OpKind.tryReplace:
        if (old !== a) return 0;
        words[word] = b;
        return 1;
      case OpKind.awaitBits:
        return (old & a) === b ? old : BLOCKED;
      case OpKind.awaitAdd:
        if ((old & a) !== b) return BLOCKED;
        words[word] = old + c;
        return 0;
      case OpKind.fill:
        words.fill(b, word, word + a);
        return 0;
      default:
        throw new RangeError(`no operation ${kind}`);
    }
  },
};

const models: ReadonlyMap<string, MemoryModel> = new Map([[sequentialConsistency.name, sequentialConsistency]]);

/** The model of that name; an unknown name is an error that names the accepted ones. */
export function memoryModel(name: string): MemoryModel {
  const model = models.get(name);
  if (model === undefined) {
    throw new RangeError(`unknown memory model "${name}": accepted are ${[...models.keys()].join(', ')}`);
  }
  return model;
}
