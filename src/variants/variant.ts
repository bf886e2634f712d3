import type { Rules } from '../mmu/rules.ts';

/** A named rule set: what one kernel, or one proposal, does. */
export interface Variant {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly description: string;
  readonly rules: Rules;
}
