import type { EndStates } from './end-states.ts';
import type { Machine } from './machine.ts';
import type { JudgeState } from './minimal-search.ts';
import type { Breach } from './monitor.ts';
import type { Program } from './program.ts';

const DEADLOCK: Breach = {
  property: 'deadlock',
  class: 'forbidden',
  reason: null,
  page: null,
  message: 'threads wait for each other for ever',
};

const CANNOT_FINISH: Breach = {
  property: 'cannot-finish',
  class: 'forbidden',
  reason: null,
  page: null,
  message: 'from here on the threads can run for ever, but never to their end',
};

/** Says what is wrong with a state: broken invariants, a deadlock, an end that was not to be. */
export class Judge {
  readonly deadlock: number;
  readonly cannotFinish: number;
  /** Whether the program can come to no end from a state; known only after a complete search. */
  isTrap: ((row: Int32Array) => boolean) | undefined;
  readonly #program: Program;
  readonly #machine: Machine;
  readonly #ends: EndStates;
  readonly #finals = new Map<number, readonly number[]>();

  constructor(program: Program, machine: Machine, ends: EndStates) {
    this.#program = program;
    this.#machine = machine;
    this.#ends = ends;
    this.deadlock = machine.breaches.idOf(DEADLOCK);
    this.cannotFinish = machine.breaches.idOf(CANNOT_FINISH);
  }

  /** Breaches of a state in which the threads in the mask can go on. */
  readonly state: JudgeState = (row, enabled) => {
    const found = [...(this.#machine.brokenStores.get(row[0] as number) ?? [])];
    if (enabled === 0) found.push(...this.end(row));
    if (this.isTrap?.(row)) found.push(this.cannotFinish);
    return found;
  };

  /** Breaches of a state without an enabled move. */
  end(row: Int32Array): readonly number[] {
    const kind = this.#ends.kindOf(row);
    if (kind === 'deadlock') return [this.deadlock];
    return kind === 'finished' ? this.#brokenFinals(this.#ends.outcomeOf(row)) : [];
  }

  /** The final conditions that an outcome does not meet. */
  #brokenFinals(outcome: number): readonly number[] {
    const conditions = this.#program.final ?? [];
    if (conditions.length === 0) return [];
    const known = this.#finals.get(outcome);
    if (known !== undefined) return known;
    const values = this.#program.threads.map((_, thread) => this.#ends.valueOf(outcome, thread));
    const broken: number[] = [];
    for (const { name, holds } of conditions) {
      const verdict = holds(this.#ends.memoryOf(outcome).slice(), values);
      if (verdict === true) continue;
      const message = verdict === false ? `${name} does not hold in the end` : verdict;
      broken.push(
        this.#machine.breaches.idOf({ property: name, class: 'forbidden', reason: null, page: null, message }),
      );
    }
    this.#finals.set(outcome, broken);
    return broken;
  }
}
