import { existsSync, readFileSync, statSync } from 'node:fs';
import type { z } from 'zod';
import { CHECK_SCHEMA } from '../../check/check-result.ts';
import { shortJson } from '../../scenario/input-place.ts';
import { InputError } from '../../shared/input-error.ts';
import { BENCH_SCHEMA } from '../bench-result.ts';
import { CONFORM_SCHEMA } from '../conform-result.ts';
import { RECLAIM_SCHEMA } from '../reclaim-result.ts';
import { STRESS_SCHEMA } from '../stress-result.ts';
import { benchSchema } from './bench-schema.ts';
import { checkSchema } from './check-schema.ts';
import { conformSchema } from './conform-schema.ts';
import { jsonErrorOffset } from './json-error-offset.ts';
import { raceSchema } from './race-schema.ts';
import { reclaimSchema } from './reclaim-schema.ts';
import type { SavedResult } from './saved-result.ts';
import { stressSchema } from './stress-schema.ts';

const ACCEPTED = `accepted: ${[STRESS_SCHEMA, BENCH_SCHEMA, CHECK_SCHEMA, CONFORM_SCHEMA, RECLAIM_SCHEMA].join(', ')}`;

/**
 * Reads a document that a command has written with --json.
 *
 * @throws InputError in one line, with the file, the place in it, and what would have been accepted
 */
export function readSavedResult(file: string): SavedResult {
  return parseSavedResult(textOf(file), file);
}

export function parseSavedResult(text: string, file: string): SavedResult {
  const value = jsonOf(text, file);
  const schema = (value as { readonly schema?: unknown } | null)?.schema;
  switch (schema) {
    case STRESS_SCHEMA:
      return isRace(value)
        ? { file, kind: 'race', result: checked(value, raceSchema, file) }
        : { file, kind: 'stress', result: checked(value, stressSchema, file) };
    case BENCH_SCHEMA:
      return { file, kind: 'bench', result: checked(value, benchSchema, file) };
    case CHECK_SCHEMA:
      return { file, kind: 'check', result: checked(value, checkSchema, file) };
    case CONFORM_SCHEMA:
      return { file, kind: 'conform', result: checked(value, conformSchema, file) };
    case RECLAIM_SCHEMA:
      return { file, kind: 'reclaim', result: checked(value, reclaimSchema, file) };
    default:
      throw new InputError(
        `${file}: "schema" ${schema === undefined ? 'is missing' : `is ${shortJson(schema)}`}; ${ACCEPTED}`,
      );
  }
}

function textOf(file: string): string {
  if (!existsSync(file)) throw new InputError(`${file}: no such file; ${ACCEPTED}`);
  if (statSync(file).isDirectory()) throw new InputError(`${file}: is a directory; accepted: files with saved results`);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code}); ${ACCEPTED}`, {
      cause: error,
    });
  }
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const before = text.slice(0, jsonErrorOffset(text));
    const line = before.split('\n').length;
    const column = before.length - before.lastIndexOf('\n');
    throw new InputError(`${file}:${line}:${column}: not JSON; ${ACCEPTED}`, { cause: error });
  }
}

/** A run of a scenario, which has the same schema. */
function isRace(value: unknown): boolean {
  const config = (value as { readonly config?: unknown }).config;
  return typeof config === 'object' && config !== null && 'scenario' in config;
}

function checked<Result>(value: unknown, schema: z.ZodType<Result>, file: string): Result {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  let found = value;
  for (const key of path) found = (found as Record<PropertyKey, unknown> | null | undefined)?.[key];
  const what = found === undefined ? 'is missing' : `is ${shortJson(found)}`;
  throw new InputError(`${file}: ${placeText(path)} ${what}; accepted: ${issue?.message}`);
}

/** `"variants[0].seconds"`. */
function placeText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the document';
  const steps = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return JSON.stringify(steps.join('').replace(/^\./, ''));
}
