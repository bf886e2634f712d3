import type { Rules } from '../mmu/rules.ts';
import { InputError } from '../shared/input-error.ts';
import { findMutant, type Mutant, mutants } from './mutants.ts';
import { findRuleMutant, ruleValues } from './rule-mutants.ts';
import type { Variant } from './variant.ts';
import { findVariant, variantNames } from './variants.ts';

/** @throws InputError if no variant has this name or alias */
export function variantNamed(name: string): Variant {
  const variant = findVariant(name);
  if (variant === undefined) {
    throw new InputError(`variant ${name}: there is none; accepted: ${variantNames().join(', ')}`);
  }
  return variant;
}

/**
 * The rules that a name breaks: a mutant's, or `rule=value`.
 *
 * @throws InputError if there is no such mutant, rule or value
 */
export function brokenRulesNamed(name: string): Partial<Rules> {
  if (!name.includes('=')) return mutantNamed(name).breaks;
  const mutant = findRuleMutant(name);
  if (mutant !== undefined) return mutant.breaks;
  const rule = name.slice(0, name.indexOf('='));
  const values = Object.entries(ruleValues).find(([known]) => known === rule)?.[1];
  const accepted =
    values === undefined ? `one of the rules ${Object.keys(ruleValues).join(', ')}` : values.map(String).join(', ');
  throw new InputError(`mutant ${name}: there is none; accepted: ${accepted}`);
}

/** @throws InputError if no mutant has this name */
export function mutantNamed(name: string): Mutant {
  const mutant = findMutant(name);
  if (mutant === undefined) {
    const names = mutants.map((known) => known.name).join(', ');
    throw new InputError(`mutant ${name}: there is none; accepted: ${names}`);
  }
  return mutant;
}
