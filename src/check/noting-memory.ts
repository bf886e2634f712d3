import { isOpening } from '../shared/ghost-event.ts';
import type { Memory } from '../shared/memory.ts';

/** A ghost event as it was noted. */
export interface NotedEvent {
  readonly event: number;
  readonly page: number;
  readonly value: number;
}

/** In place of a step: events in front of the first one. */
const START = -1;

/**
 * Remembers which ghost events go with which of a thread's steps, each time that the thread's function is run anew, and
 * puts each where the search does.
 */
export class NotingMemory {
  /** Steps of the run so far, the one at which it has stopped not included. */
  operations = 0;
  readonly #events = new Map<number, NotedEvent[]>();
  /** Opening events that wait for a step. */
  #waiting: NotedEvent[] = [];

  /** The events that go with a step. */
  at(step: number): readonly NotedEvent[] {
    return this.#events.get(step) ?? [];
  }

  /** The events that come before any step, as soon as the thread is there. */
  get atStart(): readonly NotedEvent[] {
    return this.at(START);
  }

  /** One run of the thread's function. */
  run<Value>(program: (memory: Memory) => Value, inner: Memory): Value {
    this.operations = 0;
    this.#events.clear();
    this.#waiting = [];
    try {
      return program(this.#around(inner));
    } finally {
      // No step follows, so events that wait for one go with the last.
      this.#put(this.operations - 1);
    }
  }

  #around(inner: Memory): Memory {
    return new Proxy(inner, {
      get: (target, name: keyof Memory) => {
        const method = target[name] as (...args: number[]) => unknown;
        if (name === 'note') {
          return (event: number, page: number, value: number) => {
            // A closing event takes opening ones along that are in front of it, with no step between.
            this.#waiting.push({ event, page, value });
            if (!isOpening(event)) this.#put(this.operations - 1);
            target.note(event, page, value);
          };
        }
        return (...args: number[]) => {
          if (SILENT.has(name)) return method.apply(target, args);
          this.#put(this.operations);
          const result = method.apply(target, args);
          this.operations++;
          return result;
        };
      },
    });
  }

  /** The events that wait go with this step. */
  #put(step: number): void {
    this.#events.set(step, [...this.at(step), ...this.#waiting]);
    this.#waiting = [];
  }
}

const SILENT: ReadonlySet<keyof Memory> = new Set(['wake', 'loadOwn', 'storeOwn', 'loopHead']);
