import type { Memory } from '../../src/shared/memory.ts';

/** What a call of `Atomics` costs goes by its kind. All read-modify-writes but a compare-exchange cost the same. */
export type AtomicsKind = 'load' | 'store' | 'modify' | 'compareExchange';

const KINDS: Partial<Record<keyof Memory, AtomicsKind>> = {
  load: 'load',
  testBits: 'load',
  peek: 'load',
  awaitBits: 'load',
  // A look whether anybody waits.
  wake: 'load',
  store: 'store',
  fetchOr: 'modify',
  fetchAnd: 'modify',
  fetchAdd: 'modify',
  exchange: 'modify',
  add: 'modify',
  setBits: 'modify',
  clearBits: 'modify',
  testAndClear: 'modify',
  addAndTest: 'modify',
  compareExchange: 'compareExchange',
  tryReplace: 'compareExchange',
};

/** A thread's memory that counts its calls of `Atomics` in `count`, as long as nobody must wait. */
export function countingMemory(m: Memory, count: Record<AtomicsKind, number>): Memory {
  return new Proxy(m, {
    get(target, key: keyof Memory) {
      const kind = KINDS[key];
      if (kind !== undefined) count[kind]++;
      return (target[key] as (...args: unknown[]) => unknown).bind(target);
    },
  });
}
