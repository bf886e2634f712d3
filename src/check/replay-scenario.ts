import { CANNOT_FINISH } from '../explore/judge.ts';
import { type Replay, replayToken } from '../explore/replay.ts';
import { decodeToken } from '../explore/token.ts';
import { parseScenario } from '../scenario/parse-scenario.ts';
import { InputError } from '../shared/input-error.ts';
import { brokenRulesNamed, variantNamed } from '../variants/named-rules.ts';
import { variantNames } from '../variants/variants.ts';
import type { Breach } from '../verify/monitor.ts';
import type { CheckStep } from './check-result.ts';
import type { ScenarioText } from './check-task.ts';
import { explainSchedule } from './explain-schedule.ts';
import { cannotFinishAfter } from './rest-of-program.ts';
import { scenarioProgram } from './scenario-program.ts';
import { type ScenarioToken, scenarioHash } from './scenario-token.ts';
import { decodeWords } from './word-list.ts';

/** A counterexample as the plain source goes through it again. */
export interface ReplayedScenario {
  readonly scenario: string;
  readonly variant: string;
  readonly mutant: string | null;
  readonly steps: readonly CheckStep[];
  /** What the monitors say of it. */
  readonly breaches: readonly Breach[];
}

/**
 * Re-executes a counterexample, step by step.
 *
 * @throws InputError if the scenario, or the model's source, has changed since the token was written
 */
export function replayScenario(token: ScenarioToken, { text, place }: ScenarioText): ReplayedScenario {
  const scenario = parseScenario(text, { file: place, variants: variantNames() });
  if (scenario.name !== token.scenario) {
    throw new InputError(`${place}: that is scenario ${scenario.name}; accepted: ${token.scenario}`);
  }
  if (scenarioHash(text) !== token.hash) {
    throw new InputError(`${place}: the scenario has changed since the token was written; accepted: the same text`);
  }
  const rules = {
    ...variantNamed(token.variant).rules,
    ...(token.mutant === null ? {} : brokenRulesNamed(token.mutant)),
  };
  const program = scenarioProgram(scenario, rules);
  const shared = decodeWords(token.words, program.program.initial.length);
  if (shared === undefined) throw new InputError(`"${token.words}" is no list of the scenario's words`);
  for (const word of shared) program.roles.share(word);
  const choices = decodeToken(token.schedule)?.choices;
  if (choices === undefined) throw new InputError(`"${token.schedule}" is no schedule`);
  let replayed: Replay;
  try {
    replayed = replayToken(program.program, token.schedule);
  } catch (error) {
    throw new InputError(`${place}: ${(error as Error).message}; accepted: a token of this version`, { cause: error });
  }
  const { steps, breaches: met } = explainSchedule(program, choices);
  // What is wrong with the end may be that there is none: no step shows that.
  const isTrap =
    !met.some((breach) => breach.class === 'forbidden') && cannotFinishAfter(program.program, shared, replayed.steps);
  const breaches = isTrap ? [...met, CANNOT_FINISH] : met;
  return { scenario: scenario.name, variant: token.variant, mutant: token.mutant, steps, breaches };
}
