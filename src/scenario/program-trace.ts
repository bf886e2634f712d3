import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { InputError } from '../shared/input-error.ts';
import { LackeyDecoder, type LackeyLimits, type ProgramTrace } from './lackey.ts';

const EXPECTED = 'expected what `valgrind --tool=lackey --trace-mem=yes` prints, plain or gzip';
const CHUNK_BYTES = 2 ** 18;

/** Reads the accesses of a program from a file, plain or gzip, or from standard input (`-`). */
export async function readProgramTrace(path: string, limits: LackeyLimits = {}): Promise<ProgramTrace> {
  const place = path === '-' ? 'standard input' : path;
  const source = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const decoder = new LackeyDecoder(limits);
  let trace: ProgramTrace;
  try {
    await feed(decoder, source);
    trace = decoder.finish();
  } catch (error) {
    throw new InputError(`${place}: ${problemOf(error)}`, { cause: error });
  } finally {
    source.destroy();
  }
  if (trace.count === 0) throw new InputError(`${place}: no memory access in it; ${EXPECTED}`);
  return trace;
}

async function feed(decoder: LackeyDecoder, source: AsyncIterable<Buffer>): Promise<void> {
  const { head, whole } = await lookAhead(source);
  const decode = async (pieces: AsyncIterable<Buffer>): Promise<void> => {
    for await (const piece of pieces) decoder.push(piece);
  };
  if (isGzip(head)) await pipeline(whole, createGunzip({ chunkSize: CHUNK_BYTES }), decode);
  else await decode(whole);
}

/** The first bytes decide how to read the rest: a pipe has no name that could tell. */
async function lookAhead(source: AsyncIterable<Buffer>): Promise<{ head: Buffer; whole: AsyncIterable<Buffer> }> {
  const rest = source[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 2) {
    const { value, done } = await rest.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  return { head, whole: prepend(head, rest) };
}

async function* prepend(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function problemOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'no such file; expected the path of a trace, or - for standard input';
    case 'EISDIR':
      return 'a directory; expected the path of a trace, or - for standard input';
    case 'EACCES':
    case 'EPERM':
      return 'no permission to read it; expected a readable trace, or - for standard input';
    case 'Z_BUF_ERROR':
      return `the gzip data is cut off; ${EXPECTED}`;
    case 'Z_DATA_ERROR':
      return `the gzip data is damaged (${message}); ${EXPECTED}`;
    default:
      if (error instanceof InputError || code !== undefined) return message;
      throw error;
  }
}
