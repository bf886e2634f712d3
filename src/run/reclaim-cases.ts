import type { Rules } from '../mmu/rules.ts';
import { type GuestKind, guestKinds, hasGuests } from '../reclaim/guest-kind.ts';
import { InputError } from '../shared/input-error.ts';
import { brokenRulesNamed, variantNamed } from '../variants/named-rules.ts';
import { variants } from '../variants/variants.ts';

/** What a row is about. */
export interface ReclaimCase {
  readonly variant: string;
  /** The rule that is broken besides: a mutant's name, or `rule=value`. */
  readonly mutant: string | null;
  readonly rules: Rules;
  readonly guest: GuestKind;
}

export interface ReclaimSelection {
  /** Names or aliases. Default: all. */
  readonly variants?: readonly string[];
  /** A rule to break besides: a mutant's name, or `rule=value`. */
  readonly mutant?: string;
  /** Default: all, where the variant has them. */
  readonly guests?: readonly GuestKind[];
}

/**
 * Each variant with each guest. A guest that a variant cannot have is left out, unless both were asked for by name, or
 * nothing would be left.
 *
 * @throws InputError if a name is unknown, or there is no such guest
 */
export function reclaimCases({ variants: names, mutant, guests }: ReclaimSelection): ReclaimCase[] {
  const unknown = guests?.find((guest) => !guestKinds.includes(guest));
  if (unknown !== undefined) throw new InputError(`guest ${unknown}: accepted: ${guestKinds.join(', ')}`);
  const breaks = mutant === undefined ? {} : brokenRulesNamed(mutant);
  const asked = (names?.map(variantNamed) ?? variants).flatMap((variant) =>
    (guests ?? guestKinds).map((guest) => ({
      variant: variant.name,
      mutant: mutant ?? null,
      rules: { ...variant.rules, ...breaks },
      guest,
    })),
  );
  const cases = asked.filter(({ rules, guest }) => hasGuests(rules, guest));
  const missing = asked.find(({ rules, guest }) => !hasGuests(rules, guest));
  if (missing !== undefined && guests !== undefined && (names !== undefined || cases.length === 0)) {
    throw new InputError(
      `guest ${missing.guest}: accepted: l1; ${missing.variant} ages as arm64 does, which is modelled without shadow pages`,
    );
  }
  return cases;
}
