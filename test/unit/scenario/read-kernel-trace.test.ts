import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { findKernelTraces, readKernelTrace } from '../../../src/scenario/read-kernel-trace.ts';
import { InputError } from '../../../src/shared/input-error.ts';
import { withFolder } from '../../support/cli/run-cli.ts';
import { kernelTraceText } from '../../support/kernel-trace.ts';

const TEXT = kernelTraceText([{ op: 'note', text: 'héllo' }]);

describe('readKernelTrace', () => {
  it('reads plain and gzip files, whatever their names', () =>
    withFolder(async (folder) => {
      for (const [name, content] of [
        ['plain.jsonl.gz', TEXT],
        ['packed.jsonl', gzipSync(TEXT)],
      ] as const) {
        const path = join(folder, name);
        writeFileSync(path, content);
        expect(await readKernelTrace(path)).toMatchObject({ file: path, operations: [{ text: 'héllo' }] });
      }
    }));

  it.each([
    ['cut off', (packed: Buffer) => packed.subarray(0, packed.length - 9)],
    ['damaged', (packed: Buffer) => Buffer.from(packed).fill(0xff, 12, 30)],
  ])('says so if gzip data is %s', (problem, spoil) =>
    withFolder(async (folder) => {
      const path = join(folder, 'a.jsonl.gz');
      writeFileSync(path, spoil(gzipSync(TEXT)));
      const reading = readKernelTrace(path);
      await expect(reading).rejects.toThrow(InputError);
      await expect(reading).rejects.toThrow(new RegExp(`a\\.jsonl\\.gz: the gzip data is ${problem}.*; accepted: `));
    }),
  );
});

describe('findKernelTraces', () => {
  it('takes files as they are, searches directories by name, and lists each trace once, in order', () =>
    withFolder(async (folder) => {
      mkdirSync(join(folder, 'deep/er'), { recursive: true });
      mkdirSync(join(folder, 'folder.jsonl'));
      for (const name of ['b.jsonl', 'a.jsonl.gz', 'deep/er/c.jsonl', 'other.txt'])
        writeFileSync(join(folder, name), '');
      symlinkSync('other.txt', join(folder, 'link.jsonl'));
      symlinkSync('nowhere', join(folder, 'dangling.jsonl'));
      const inFolder = ['a.jsonl.gz', 'b.jsonl', 'deep/er/c.jsonl', 'link.jsonl'].map((name) => join(folder, name));
      expect(findKernelTraces([folder])).toEqual(inFolder);
      const other = join(folder, 'other.txt');
      expect(findKernelTraces([other, folder, join(folder, 'deep')])).toEqual([other, ...inFolder]);
    }));

  it('rejects what is not there, and directories without a trace', () =>
    withFolder(async (folder) => {
      expect(() => findKernelTraces([join(folder, 'x')])).toThrow(/x: no such file or directory; accepted: /);
      expect(() => findKernelTraces([folder])).toThrow(/: no trace in it; accepted: /);
      expect(() => findKernelTraces([folder])).toThrow(InputError);
    }));
});
