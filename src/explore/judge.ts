import type { Breach } from '../verify/monitor.ts';
import type { EndStates } from './end-states.ts';
import type { Machine } from './machine.ts';
import type { JudgeState, JudgeStep } from './minimal-search.ts';
import type { Program } from './program.ts';
import { sleeperLeftBy } from './wake-check.ts';

const DEADLOCK: Breach = {
  property: 'deadlock',
  class: 'forbidden',
  reason: null,
  page: null,
  message: 'threads wait for each other for ever',
};

export const CANNOT_FINISH: Breach = {
  property: 'cannot-finish',
  class: 'forbidden',
  reason: null,
  page: null,
  message: 'from here on the threads can run for ever, but never to their end',
};

const LOST_WAKEUP: Breach = {
  property: 'lost-wakeup',
  class: 'forbidden',
  reason: null,
  page: null,
  message: 'a wait ends and nobody wakes the sleeper',
};

/** Says what is wrong with a state: broken invariants, a deadlock, an end that was not to be. */
export class Judge {
  readonly deadlock: number;
  readonly cannotFinish: number;
  readonly lostWakeup: number;
  /** Whether the program can come to no end from a state; known only after a complete search. */
  isTrap: ((row: Int32Array) => boolean) | undefined;
  /** Finds missing wake-ups, where they are looked for. */
  step: JudgeStep | undefined;
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
    this.lostWakeup = machine.breaches.idOf(LOST_WAKEUP);
  }

  /** Breaches of a state in which the threads in the mask can go on. */
  readonly state: JudgeState = (row, enabled) => {
    const found = [...(this.#machine.brokenStores.get(row[0] as number) ?? [])];
    if (enabled === 0) found.push(...this.end(row));
    if (this.isTrap?.(row)) found.push(this.cannotFinish);
    return found;
  };

  /** From now on, a step that ends a wait without waking the sleeper is a breach. */
  demandWakes(): void {
    const machine = this.#machine;
    this.step = (row, thread, move) => {
      const sleeper = sleeperLeftBy(machine, row, thread, move);
      if (sleeper < 0) return [];
      const nameOf = (one: number): string => machine.trees.threads[one]?.name ?? '';
      const what = machine.trees.describe(row[1 + sleeper] as number);
      const message = `${nameOf(sleeper)} sleeps on (${what}): ${nameOf(thread)} ends its wait and does not wake it`;
      return [machine.breaches.idOf({ ...LOST_WAKEUP, message })];
    };
  }

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
