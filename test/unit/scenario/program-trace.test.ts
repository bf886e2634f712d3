import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProgramTrace } from '../../../src/scenario/program-trace.ts';
import { InputError } from '../../../src/shared/input-error.ts';

const shipped = fileURLToPath(new URL('../../../examples/traces/true.lackey.gz', import.meta.url));
const TEXT = ' L 00001000,4\n S 00002ffe,4\n'.repeat(1000);

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'program-trace-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('readProgramTrace', () => {
  it('reads the shipped trace', async () => {
    const trace = await readProgramTrace(shipped);
    expect(trace).toMatchObject({ count: 170_207, pages: 139, writtenPages: 26, reads: 158_437, writes: 11_770 });
  });

  it('reads plain and compressed text alike, whatever the file is called', async () => {
    const plain = await readProgramTrace(file('plain.gz', TEXT));
    const compressed = await readProgramTrace(file('compressed.txt', gzipSync(TEXT)));
    expect(plain).toMatchObject({ count: 3000, pages: 3, writtenPages: 2, reads: 1000, writes: 2000 });
    expect(compressed).toEqual(plain);
  });

  it.each([
    ['plain', Buffer.from(TEXT)],
    ['gzip', gzipSync(TEXT)],
  ])('reads standard input (%s)', (_name, input) => {
    const module = new URL('../../../src/scenario/program-trace.ts', import.meta.url).href;
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const script = `import { readProgramTrace } from '${module}'; console.log((await readProgramTrace('-')).count);`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', tsx, '--input-type=module', '-e', script], {
      input,
    });
    expect(`${stdout}${stderr}`).toBe('3000\n');
  });

  it.each([
    ['a missing file', () => join(folder, 'missing'), 'no such file'],
    ['a directory', () => folder, 'a directory'],
    ['an empty file', () => file('empty', ''), 'no memory access'],
    ['one byte', () => file('byte', '\x1f'), 'no memory access'],
    ['text that is no trace', () => file('text', 'hello\nworld\n'), 'no memory access'],
    ['a truncated gzip', () => file('cut.gz', gzipSync(TEXT).subarray(0, -10)), 'cut off'],
    ['a gzip header alone', () => file('head.gz', gzipSync(TEXT).subarray(0, 2)), 'cut off'],
    ['a damaged gzip', () => file('damaged.gz', damaged(gzipSync(TEXT))), 'damaged'],
    ['a malformed size', () => file('size', `${TEXT} L 00001000,four\n`), 'line 2001'],
    ['a malformed size in a gzip', () => file('size.gz', gzipSync(`${TEXT} L 00001000,four\n`)), 'line 2001'],
  ])('rejects %s in one line that names it', async (_name, path, problem) => {
    const place = path();
    const error = await readProgramTrace(place).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(InputError);
    const { message } = error as InputError;
    expect(message).toContain(problem);
    expect(message).toContain('expected');
    expect(message.startsWith(`${place}: `)).toBe(true);
    expect(message).not.toContain('\n');
  });
});

function damaged(gzip: Buffer): Buffer {
  gzip.writeUInt8(0xff, 12);
  gzip.writeUInt32LE(0, gzip.length - 8);
  return gzip;
}
