import type { Breach } from '../verify/monitor.ts';
import { ValueTable } from './value-table.ts';

/**
 * Numbers breaches, and their kinds: breaches of the same property that concern the same page, whatever their messages
 * say. A report shows one of each kind.
 */
export class BreachTable {
  readonly #breaches = new ValueTable<Breach>();
  readonly #kinds = new ValueTable<readonly unknown[]>();
  readonly #kindOf: number[] = [];

  idOf(breach: Breach): number {
    const id = this.#breaches.idOf(breach);
    this.#kindOf[id] ??= this.#kinds.idOf([breach.property, breach.class, breach.reason, breach.page]);
    return id;
  }

  breach(id: number): Breach {
    return this.#breaches.valueOf(id);
  }

  kindOf(id: number): number {
    return this.#kindOf[id] as number;
  }
}
