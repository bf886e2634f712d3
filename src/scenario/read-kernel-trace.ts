import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { InputError } from '../shared/input-error.ts';
import type { KernelTrace } from './kernel-trace.ts';
import { parseKernelTrace } from './parse-kernel-trace.ts';

const ACCEPTED = 'accepted: kernel traces (.jsonl or .jsonl.gz), or directories of them';
const TRACE_NAME = /\.jsonl(?:\.gz)?$/;

/**
 * Reads a kernel trace from a file, plain or gzip by its content.
 *
 * @throws InputError if the file cannot be read, or is no kernel trace
 */
export async function readKernelTrace(path: string): Promise<KernelTrace> {
  let text: string;
  try {
    const bytes = await readFile(path);
    text = (isGzip(bytes) ? await promisify(gunzip)(bytes) : bytes).toString('utf8');
  } catch (error) {
    throw new InputError(`${path}: ${problemOf(error)}; ${ACCEPTED}`, { cause: error });
  }
  return parseKernelTrace(path, text);
}

/**
 * The traces that paths lead to, each once: files as they are given, those of directories by their names, in order.
 *
 * @throws InputError if a path leads to nothing, or a directory has no trace in it or below
 */
export function findKernelTraces(paths: readonly string[]): string[] {
  const found = new Map(paths.flatMap(tracesAt).map((path) => [resolve(path), path]));
  return [...found.values()];
}

function tracesAt(path: string): string[] {
  if (!existsSync(path)) throw new InputError(`${path}: no such file or directory; ${ACCEPTED}`);
  if (!statSync(path).isDirectory()) return [path];
  let entries: Dirent[];
  try {
    entries = readdirSync(path, { recursive: true, withFileTypes: true });
  } catch (error) {
    throw new InputError(`${path}: ${problemOf(error)}; ${ACCEPTED}`, { cause: error });
  }
  const traces = entries
    .filter((entry) => TRACE_NAME.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
    .sort();
  if (traces.length === 0) throw new InputError(`${path}: no trace in it; ${ACCEPTED}`);
  return traces;
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function problemOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'no permission to read it';
    case 'Z_BUF_ERROR':
      return 'the gzip data is cut off';
    case 'Z_DATA_ERROR':
      return `the gzip data is damaged (${message})`;
    default:
      return message;
  }
}
