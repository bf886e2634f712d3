import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InputError } from '../shared/input-error.ts';
import { parseScenario } from './parse-scenario.ts';
import type { Scenario } from './scenario.ts';
import type { KnownNames } from './scenario-schema.ts';

const ACCEPTED = 'accepted: scenarios (.yaml, .yml or .json), or directories of them';
const SCENARIO_NAME = /\.(?:yaml|yml|json)$/;

/**
 * Reads a scenario from a file.
 *
 * @throws InputError if the file cannot be read, or is no scenario
 */
export async function readScenario(path: string, options: KnownNames): Promise<Scenario> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new InputError(`${path}: ${problemOf(error)}; ${ACCEPTED}`, { cause: error });
  }
  return parseScenario(text, { ...options, file: path });
}

/**
 * The scenarios that paths lead to, each once: files as they are given, those of directories by their names, in order.
 *
 * @throws InputError if a path leads to nothing, or a directory has no scenario in it or below
 */
export function findScenarios(paths: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const path of paths.flatMap(scenariosAt)) {
    if (!found.has(resolve(path))) found.set(resolve(path), path);
  }
  return [...found.values()];
}

function scenariosAt(path: string): string[] {
  if (!existsSync(path)) throw new InputError(`${path}: no such file or directory; ${ACCEPTED}`);
  if (!statSync(path).isDirectory()) return [path];
  let entries: Dirent[];
  try {
    entries = readdirSync(path, { recursive: true, withFileTypes: true });
  } catch (error) {
    throw new InputError(`${path}: ${problemOf(error)}; ${ACCEPTED}`, { cause: error });
  }
  const scenarios = entries
    .filter((entry) => SCENARIO_NAME.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
    .sort();
  if (scenarios.length === 0) throw new InputError(`${path}: no scenario in it; ${ACCEPTED}`);
  return scenarios;
}

function problemOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM' ? 'no permission to read it' : message;
}
