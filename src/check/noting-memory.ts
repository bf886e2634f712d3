import { isOpening } from '../shared/ghost-event.ts';
import type { Memory } from '../shared/memory.ts';

/** A ghost event as it was noted. */
export interface NotedEvent {
  readonly event: number;
  readonly page: number;
  readonly value: number;
}

/** Remembers which ghost events go with which of a thread's steps, each time that the thread's function is run anew. */
export class NotingMemory {
  /** Steps of the run so far, the one at which it has stopped not included. */
  operations = 0;
  readonly #events = new Map<number, NotedEvent[]>();

  /** The events that go with a step. */
  at(step: number): readonly NotedEvent[] {
    return this.#events.get(step) ?? [];
  }

  /** The memory for one run. */
  around(inner: Memory): Memory {
    this.operations = 0;
    this.#events.clear();
    return new Proxy(inner, {
      get: (target, name: keyof Memory) => {
        const method = target[name] as (...args: number[]) => unknown;
        if (name === 'note') {
          return (event: number, page: number, value: number) => {
            const step = isOpening(event) ? this.operations : Math.max(0, this.operations - 1);
            this.#events.set(step, [...(this.#events.get(step) ?? []), { event, page, value }]);
            target.note(event, page, value);
          };
        }
        return (...args: number[]) => {
          const result = method.apply(target, args);
          if (!SILENT.has(name)) this.operations++;
          return result;
        };
      },
    });
  }
}

const SILENT: ReadonlySet<keyof Memory> = new Set(['wake', 'loadOwn', 'storeOwn', 'loopHead', 'note']);
