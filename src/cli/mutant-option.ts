import { InvalidArgumentError } from 'commander';
import type { InputError } from '../shared/input-error.ts';
import { brokenRulesNamed } from '../variants/named-rules.ts';

/** The name of a mutant, or `rule=value`; checked at once, before any file is read. */
export function mutantOrRule(text: string): string {
  try {
    brokenRulesNamed(text);
  } catch (error) {
    throw new InvalidArgumentError((error as InputError).message);
  }
  return text;
}
