/** A variant, and the mutant that breaks one of its rules. */
export function variantLabel({
  variant,
  mutant,
}: {
  readonly variant: string;
  readonly mutant: string | null;
}): string {
  return mutant === null ? variant : `${variant} + ${mutant}`;
}
