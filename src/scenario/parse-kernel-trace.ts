import type { z } from 'zod';
import { InputError } from '../shared/input-error.ts';
import type { KernelOperation, KernelTrace } from './kernel-trace.ts';
import { KernelTraceChecker } from './kernel-trace-checker.ts';
import { configSchema, schemaOfOperation } from './kernel-trace-schema.ts';

/** Lists that a trace holds as gfns under this name, or as ranges under this name and `Ranges`. */
const LISTS = ['young', 'stillYoung', 'youngBefore', 'youngAfter', 'dirty'];

const EXPECTED = 'accepted: a kernel trace, one JSON object a line, the first of them the configuration';
const VALUE_LENGTH = 40;

/**
 * Reads a trace from its text. `file` is what errors and results call it.
 *
 * @throws InputError if a line is no JSON, or not what a trace has there, or contradicts the lines before
 */
export function parseKernelTrace(file: string, text: string): KernelTrace {
  const lines = text.split('\n');
  const config = inLine(file, 1, () => validate('the configuration', configSchema, parseObject(lines[0] ?? '')));
  const checker = inLine(file, 1, () => new KernelTraceChecker(config));
  const operations: KernelOperation[] = [];
  lines.forEach((lineText, index) => {
    if (index === 0 || lineText.trim() === '') return;
    const line = index + 1;
    operations.push(
      inLine(file, line, () => {
        const operation = parseOperation(line, lineText);
        checker.check(operation);
        return operation;
      }),
    );
  });
  return { file, config, operations };
}

function parseOperation(line: number, text: string): KernelOperation {
  const fields = parseObject(text);
  const schema = schemaOfOperation.get(fields.op);
  if (schema === undefined) {
    const what = fields.op === undefined ? 'no "op"' : `"op" is ${shortJson(fields.op)}`;
    throw new InputError(`${what}; accepted: ${[...schemaOfOperation.keys()].join(', ')}`);
  }
  const operation = validate(String(fields.op), schema, withoutSpellings(fields)) as KernelOperation;
  return { ...operation, line };
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError(`${text.trim() === '' ? 'nothing there' : 'no JSON, or cut off'}; ${EXPECTED}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`${shortJson(value)} is no JSON object; ${EXPECTED}`);
  }
  return value as Record<string, unknown>;
}

/** The same fields, where recorders have two ways to write a thing. */
function withoutSpellings(fields: Record<string, unknown>): Record<string, unknown> {
  const result = { ...fields };
  for (const name of LISTS) {
    const ranges = fields[`${name}Ranges`];
    if (ranges === undefined) continue;
    if (fields[name] !== undefined) {
      throw new InputError(`both "${name}" and "${name}Ranges"; accepted: one of them`);
    }
    result[name] = ranges;
  }
  if (fields.op === 'unmap' && typeof fields.gfn === 'number') {
    result.startGfn = fields.gfn;
    result.endGfn = fields.gfn + 1;
  }
  return result;
}

function validate<Output>(what: string, schema: z.ZodType<Output>, fields: Record<string, unknown>): Output {
  const result = schema.safeParse(fields);
  if (result.success) return result.data;
  const { path = [], message = '' } = result.error.issues[0] ?? {};
  let value: unknown = fields;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  const found = value === undefined ? 'is missing' : `is ${shortJson(value)}`;
  throw new InputError(`${what}: "${path.join('.')}" ${found}; accepted: ${message}`);
}

function shortJson(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= VALUE_LENGTH ? text : `${text.slice(0, VALUE_LENGTH)}…`;
}

/** Puts the place in front of whatever is wrong there. */
function inLine<Result>(file: string, line: number, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${file}:${line}: ${error.message}`, { cause: error });
    throw error;
  }
}
