import { existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { HarnessError } from '../shared/harness-error.ts';
import { STDOUT } from './output-file.ts';

/** A result where an option asked for it, made only if one did. */
export type Output = readonly [option: string, path: string | undefined, text: () => string];

/**
 * Writes results to their files, after what is for stdout: a disk that is full takes nothing from what was printed, nor from the
 * other files.
 *
 * @throws HarnessError if some cannot be written, in one line
 */
export function writeOutputs(outputs: readonly Output[]): void {
  const problems: string[] = [];
  for (const [option, path, text] of outputs) {
    if (path === undefined || path === STDOUT) continue;
    try {
      replaceFile(path, text());
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      problems.push(`${option}: cannot write ${path} (${code})`);
    }
  }
  if (problems.length > 0) throw new HarnessError(problems.join('; '));
}

/** A file that is there stays whole until the new one is; what is no file of its own (a pipe, a device) is written to. */
function replaceFile(path: string, text: string): void {
  const target = existsSync(path) ? realpathSync(path) : path;
  if (existsSync(target) && !statSync(target).isFile()) {
    writeFileSync(target, text);
    return;
  }
  const unfinished = `${target}.${process.pid}.tmp`;
  try {
    writeFileSync(unfinished, text);
    renameSync(unfinished, target);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** A document as --json writes it. */
export function jsonText(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
