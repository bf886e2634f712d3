import type { Rules } from '../mmu/rules.ts';

/** Counts which rules the protocol asks: each at most once an operation. */
export class RuleUses {
  /** The rules, to be given to the protocol. */
  readonly rules: Rules;
  /** In how many operations each rule was asked. */
  readonly operations: Record<string, number> = {};
  #operation = 0;

  constructor(rules: Rules) {
    const asked: Record<string, number> = {};
    const counting = {};
    for (const [name, value] of Object.entries(rules)) {
      this.operations[name] = 0;
      Object.defineProperty(counting, name, {
        enumerable: true,
        get: () => {
          if (asked[name] !== this.#operation) {
            asked[name] = this.#operation;
            this.operations[name] = (this.operations[name] ?? 0) + 1;
          }
          return value;
        },
      });
    }
    this.rules = counting as Rules;
  }

  beginOperation(): void {
    this.#operation++;
  }
}
