import type { Word } from '../shared/memory.ts';

/** What a thread is about to do: the kinds of steps of the `Memory` port, and the two ways in which a thread ends. */
export const OpKind = {
  load: 0,
  testBits: 1,
  store: 2,
  fetchOr: 3,
  fetchAnd: 4,
  fetchAdd: 5,
  exchange: 6,
  add: 7,
  setBits: 8,
  clearBits: 9,
  testAndClear: 10,
  addAndTest: 11,
  compareExchange: 12,
  tryReplace: 13,
  awaitBits: 14,
  awaitAdd: 15,
  peek: 16,
  fill: 17,
  choose: 18,
  /** The thread has returned; `a` is its outcome. */
  finished: 19,
  /** The thread has thrown; `a` is its fault. */
  stopped: 20,
} as const;

export type OpKind = (typeof OpKind)[keyof typeof OpKind];

const names = Object.entries(OpKind).reduce<string[]>((list, [name, kind]) => {
  list[kind] = name;
  return list;
}, []);

/** The name of the port's operation. */
export function opName(kind: number): string {
  return names[kind] ?? `operation ${kind}`;
}

/** One operation with its operands; those that its kind does not use are 0. */
export interface Operation {
  readonly kind: number;
  readonly word: Word;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Operations whose result is a boolean for the thread: 0 or 1 for the engine. */
export function hasBooleanResult(kind: number): boolean {
  return (
    kind === OpKind.testBits || kind === OpKind.testAndClear || kind === OpKind.addAndTest || kind === OpKind.tryReplace
  );
}

/** Operations that return nothing: the thread goes on in one way only. */
export function hasNoResult(kind: number): boolean {
  return (
    kind === OpKind.store ||
    kind === OpKind.add ||
    kind === OpKind.setBits ||
    kind === OpKind.clearBits ||
    kind === OpKind.awaitAdd ||
    kind === OpKind.fill
  );
}
