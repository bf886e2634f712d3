import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { InputError } from '../shared/input-error.ts';
import { type FileKind, filesAt, readProblem } from './files-at.ts';
import type { KernelTrace } from './kernel-trace.ts';
import { parseKernelTrace } from './parse-kernel-trace.ts';

const TRACES: FileKind = {
  name: /\.jsonl(?:\.gz)?$/,
  noun: 'trace',
  accepted: 'accepted: kernel traces (.jsonl or .jsonl.gz), or directories of them',
};

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
    throw new InputError(`${path}: ${problemOf(error)}; ${TRACES.accepted}`, { cause: error });
  }
  return parseKernelTrace(path, text);
}

/**
 * The traces that paths lead to, each once: files as they are given, those of directories by their names, in order.
 *
 * @throws InputError if a path leads to nothing, or a directory has no trace in it or below
 */
export function findKernelTraces(paths: readonly string[]): string[] {
  const found = new Map(paths.flatMap((one) => filesAt(one, TRACES)).map((path) => [resolve(path), path]));
  return [...found.values()];
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function problemOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'Z_BUF_ERROR':
      return 'the gzip data is cut off';
    case 'Z_DATA_ERROR':
      return `the gzip data is damaged (${message})`;
    default:
      return readProblem(error);
  }
}
