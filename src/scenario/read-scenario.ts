import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { InputError } from '../shared/input-error.ts';
import { type FileKind, filesAt, readProblem } from './files-at.ts';
import { parseScenario } from './parse-scenario.ts';
import type { Scenario } from './scenario.ts';
import type { KnownNames } from './scenario-schema.ts';

const SCENARIOS: FileKind = {
  name: /\.(?:yaml|yml|json)$/,
  noun: 'scenario',
  accepted: 'accepted: scenarios (.yaml, .yml or .json), or directories of them',
};

/**
 * Reads a scenario from a file.
 *
 * @throws InputError if the file cannot be read, or is no scenario
 */
export async function readScenario(path: string, options: KnownNames): Promise<Scenario> {
  return parseScenario(readScenarioText(path), { ...options, file: path });
}

/** @throws InputError if the file cannot be read */
export function readScenarioText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError(`${path}: ${readProblem(error)}; ${SCENARIOS.accepted}`, { cause: error });
  }
}

/**
 * The scenarios that paths lead to, each once: files as they are given, those of directories by their names, in order.
 *
 * @throws InputError if a path leads to nothing, or a directory has no scenario in it or below
 */
export function findScenarios(paths: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const path of paths.flatMap((one) => filesAt(one, SCENARIOS))) {
    if (!found.has(resolve(path))) found.set(resolve(path), path);
  }
  return [...found.values()];
}
