import type { Memory } from '../../src/shared/memory.ts';

/** The port with some operations replaced: how shared state is watched or broken without a copy of the protocol. */
export function replaceOperations(m: Memory, replace: (m: Memory) => Partial<Memory>): Memory {
  const own = replace(m) as Record<PropertyKey, unknown>;
  return new Proxy(m, {
    get: (target, key) => own[key] ?? (target[key as keyof Memory] as (...args: unknown[]) => unknown).bind(target),
  });
}
