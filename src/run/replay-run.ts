import { existsSync, readFileSync } from 'node:fs';
import { CHECK_SCHEMA, type CheckResult } from '../check/check-result.ts';
import type { ScenarioText } from '../check/check-task.ts';
import { type ReplayedScenario, replayScenario } from '../check/replay-scenario.ts';
import { decodeScenarioToken, type ScenarioToken } from '../check/scenario-token.ts';
import { parseScenario } from '../scenario/parse-scenario.ts';
import { InputError } from '../shared/input-error.ts';
import { variantNames } from '../variants/variants.ts';
import { textsOf } from './check-run.ts';
import { shippedScenarioTexts } from './shipped-scenarios.ts';

/**
 * Re-executes a counterexample: that of a token, or all those of a file that `check --json` has written.
 *
 * @param scenarioFile where the scenario is, if it is no shipped one (a file names its own)
 * @throws InputError if the text is neither, the scenario is not found, or something has changed since
 */
export function replay(tokenOrFile: string, scenarioFile?: string): ReplayedScenario[] {
  return itemsOf(tokenOrFile).map(({ token, file }) =>
    replayScenario(token, findScenarioText(token, scenarioFile ?? file ?? undefined)),
  );
}

interface ReplayItem {
  readonly token: ScenarioToken;
  readonly file: string | null;
}

function itemsOf(tokenOrFile: string): ReplayItem[] {
  const token = decodeScenarioToken(tokenOrFile);
  if (token !== undefined) return [{ token, file: null }];
  const accepted = 'accepted: a token that `check` has printed, or a file that `check --json=FILE` has written';
  if (!existsSync(tokenOrFile)) throw new InputError(`${tokenOrFile}: no such file, and no token; ${accepted}`);
  let document: Partial<CheckResult> | null;
  try {
    document = JSON.parse(readFileSync(tokenOrFile, 'utf8')) as Partial<CheckResult> | null;
  } catch (error) {
    throw new InputError(`${tokenOrFile}: no JSON; ${accepted}`, { cause: error });
  }
  if (document?.schema !== CHECK_SCHEMA || !Array.isArray(document.results)) {
    throw new InputError(`${tokenOrFile}: schema ${String(document?.schema)}; accepted: ${CHECK_SCHEMA}`);
  }
  const { results } = document as CheckResult;
  return results.flatMap(({ file, violations }) =>
    violations.flatMap(({ replay: text }) => {
      const decoded = text === null ? undefined : decodeScenarioToken(text);
      return decoded === undefined ? [] : [{ token: decoded, file }];
    }),
  );
}

function findScenarioText(token: ScenarioToken, file: string | undefined): ScenarioText {
  if (file !== undefined) {
    const [text] = textsOf([file]);
    if (text !== undefined) return text;
  }
  const shipped = shippedScenarioTexts().find(
    ({ text, place }) => parseScenario(text, { file: place, variants: variantNames() }).name === token.scenario,
  );
  if (shipped === undefined) {
    throw new InputError(`${token.scenario} is no shipped scenario; accepted: --scenario FILE, with its file`);
  }
  return shipped;
}
