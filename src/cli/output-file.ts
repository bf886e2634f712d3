import { closeSync, existsSync, openSync, realpathSync, statSync, unlinkSync } from 'node:fs';
import { InputError } from '../shared/input-error.ts';

/** Makes sure, before any work is done, that a result can be written there and overwrites none of the inputs. */
export function checkOutputFile(option: string, path: string, inputs: readonly string[]): void {
  if (path === '') throw new InputError(`${option}: expected a file name, as in ${option}=FILE`);
  const exists = existsSync(path);
  if (exists && statSync(path).isDirectory()) {
    throw new InputError(`${option}: ${path} is a directory; accepted: a file that can be written`);
  }
  if (exists && inputs.some((input) => existsSync(input) && realpathSync(input) === realpathSync(path))) {
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
