import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../shared/input-error.ts';

/** What is looked for in directories. */
export interface FileKind {
  readonly name: RegExp;
  /** One of them, in messages. */
  readonly noun: string;
  /** What would have been accepted, in messages. */
  readonly accepted: string;
}

/**
 * The file at a path as it is given, or those of this kind in a directory and below, by their names.
 *
 * @throws InputError if there is nothing, or no such file in the directory
 */
export function filesAt(path: string, { name, noun, accepted }: FileKind): string[] {
  if (!existsSync(path)) throw new InputError(`${path}: no such file or directory; ${accepted}`);
  if (!statSync(path).isDirectory()) return [path];
  let entries: Dirent[];
  try {
    entries = readdirSync(path, { recursive: true, withFileTypes: true });
  } catch (error) {
    throw new InputError(`${path}: ${readProblem(error)}; ${accepted}`, { cause: error });
  }
  const files = entries
    .filter((entry) => name.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
    .sort();
  if (files.length === 0) throw new InputError(`${path}: no ${noun} in it; ${accepted}`);
  return files;
}

/** Why a file or directory cannot be read, in words. */
export function readProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM' ? 'no permission to read it' : message;
}
