import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ScenarioText } from '../check/check-task.ts';
import { parseScenario } from '../scenario/parse-scenario.ts';
import { findScenarios } from '../scenario/read-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { variantNames } from '../variants/variants.ts';

/** The scenarios that come with the package, beside `src` and `dist`. */
const directory = fileURLToPath(new URL('../../scenarios', import.meta.url));

/** Their texts; messages call each by its file's name. */
export function shippedScenarioTexts(): readonly ScenarioText[] {
  return findScenarios([directory]).map((path) => ({
    file: null,
    place: basename(path),
    text: readFileSync(path, 'utf8'),
  }));
}

/** The shipped scenarios, parsed. */
export function scenarios(): readonly Scenario[] {
  return shippedScenarioTexts().map(({ text, place }) => ({
    ...parseScenario(text, { file: place, variants: variantNames() }),
    file: null,
  }));
}
