import { closeSync, existsSync, openSync, statSync, unlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { InputError } from '../shared/input-error.ts';

/** What stands for standard output in the place of a file. */
export const STDOUT = '-';

/** Results by the option that asks for them; `-` is stdout. */
type Outputs = readonly (readonly [option: string, path: string | undefined])[];

/** The same for several results, which must not overwrite each other either. */
export function checkOutputFiles(outputs: Outputs, inputs: readonly string[]): void {
  const checked: (readonly [option: string, path: string])[] = [];
  for (const [option, path] of outputs) {
    if (path === undefined) continue;
    if (path === STDOUT) {
      if (option === '--json') continue;
      throw new InputError(`${option}: only --json writes to stdout; accepted: ${option}=FILE`);
    }
    checkOutputFile(option, path, inputs);
    const taken = checked.find(([, other]) => isSameFile(path, other));
    if (taken !== undefined) {
      throw new InputError(`${option}: ${path} is already taken by ${taken[0]}; accepted: another file`);
    }
    checked.push([option, path]);
  }
}

/** Makes sure, before any work is done, that a result can be written there and overwrites none of the inputs. */
export function checkOutputFile(option: string, path: string, inputs: readonly string[]): void {
  if (path === '') throw new InputError(`${option}: expected a file name, as in ${option}=FILE`);
  const exists = existsSync(path);
  if (exists && statSync(path).isDirectory()) {
    throw new InputError(`${option}: ${path} is a directory; accepted: a file that can be written`);
  }
  if (inputs.some((input) => isSameFile(input, path))) {
    throw new InputError(`${option}: ${path} is an input of this run; accepted: another file`);
  }
  try {
    closeSync(openSync(path, 'a'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(`${option}: cannot write ${path} (${code}); accepted: a file that can be written`, {
      cause: error,
    });
  }
  if (!exists) unlinkSync(path);
}

/** Whether two paths lead to the same file, through links or detours, be it one that does not exist yet. */
function isSameFile(path: string, other: string): boolean {
  if (!existsSync(path) || !existsSync(other)) return resolve(path) === resolve(other);
  const file = statSync(path);
  const otherFile = statSync(other);
  return file.dev === otherFile.dev && file.ino === otherFile.ino;
}
