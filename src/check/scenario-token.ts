import { InputError } from '../shared/input-error.ts';

/** A counterexample in a line: which scenario, under what, and the schedule. */
export interface ScenarioToken {
  readonly scenario: string;
  /** Of the scenario's text. */
  readonly hash: string;
  readonly variant: string;
  readonly mutant: string | null;
  /** The words that are shared, and so what a step is: see `encodeWords`. */
  readonly words: string;
  /** As the explorer writes it: a fingerprint and the context switches. */
  readonly schedule: string;
}

const PREFIX = 'c2';
/** What versions wrote that did not say which words are shared. */
const OLD_PREFIX = 'c1:';

export function encodeScenarioToken({ scenario, hash, variant, mutant, words, schedule }: ScenarioToken): string {
  const names = [encodeURIComponent(scenario), hash, variant, encodeURIComponent(mutant ?? '')];
  return [PREFIX, ...names, words, schedule].join(':');
}

/**
 * undefined if the text is no such token.
 *
 * @throws InputError if it is one of an older version
 */
export function decodeScenarioToken(text: string): ScenarioToken | undefined {
  if (text.startsWith(OLD_PREFIX)) {
    throw new InputError(`${text}: a token of an older version; accepted: the one that \`check\` prints now`);
  }
  const [prefix, scenario, hash, variant, mutant, words, schedule, ...more] = text.split(':');
  if (prefix !== PREFIX || more.length > 0 || words === undefined || schedule === undefined) return undefined;
  if (scenario === undefined || hash === undefined || variant === undefined || mutant === undefined) return undefined;
  try {
    return {
      scenario: decodeURIComponent(scenario),
      hash,
      variant,
      mutant: mutant === '' ? null : decodeURIComponent(mutant),
      words,
      schedule,
    };
  } catch {
    // A percent sign with no two hex digits behind it.
    return undefined;
  }
}

/** A short hash of a scenario's text, so that a token knows the scenario that it belongs to. */
export function scenarioHash(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let i = 0; i < text.length; i++) {
    low = Math.imul(low ^ text.charCodeAt(i), 0x01000193);
    high = Math.imul(high ^ (text.charCodeAt(i) + (low >>> 13)), 0x5bd1e995);
  }
  return (low >>> 0).toString(36) + (high >>> 0).toString(36);
}
