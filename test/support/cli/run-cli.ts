import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../../', import.meta.url);
const MAIN = fileURLToPath(new URL('dist/cli/main.js', ROOT));

/** A trace of a real program that the project ships. */
export const SHIPPED_TRACE = fileURLToPath(new URL('examples/traces/true.lackey.gz', ROOT));

/** A stress run that is over soon. */
export const SHORT = ['stress', '--pages=64', '--duration=100ms', '--seed=1'];

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly stdin?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  /** Sent as soon as the program has said something on either stream. */
  readonly signal?: NodeJS.Signals;
  /** Sends it so much later instead, to a program that says nothing until it ends. */
  readonly signalAfterMs?: number;
}

/** The command as users run it, from dist; without the environment's wishes about colour. */
export function runCli(
  args: readonly string[],
  { cwd, stdin, env, signal, signalAfterMs }: CliOptions = {},
): Promise<CliResult> {
  const { CI: _ci, NO_COLOR: _noColor, FORCE_COLOR: _forceColor, ...inherited } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { ...inherited, ...env } });
    const said = { stdout: '', stderr: '' };
    let signalled = signalAfterMs !== undefined;
    const timer = signalled ? setTimeout(() => child.kill(signal), signalAfterMs) : undefined;
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        said[name] += text;
        if (signal === undefined || signalled) return;
        signalled = true;
        child.kill(signal);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, ...said });
    });
    // A command that does not read its input closes it early.
    child.stdin.on('error', () => {});
    child.stdin.end(stdin ?? '');
  });
}

/** Calls `use` with a new empty folder, which is removed afterwards. */
export async function withFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'pte-aging-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function lines(text: string): string[] {
  return text.replace(/\n$/, '').split('\n');
}
