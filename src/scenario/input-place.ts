import { InputError } from '../shared/input-error.ts';

const NO_FILE = 'scenario';
const SHOWN = 60;

/** Puts the place in front of whatever is wrong there. */
export function inLine<Result>(file: string | null, line: number, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${file ?? NO_FILE}:${line}: ${error.message}`, { cause: error });
  }
}

/** What was found, for an error: always one line, and not a long one. */
export function shortJson(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`;
}
