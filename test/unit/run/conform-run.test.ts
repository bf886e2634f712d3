import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conform } from '../../../src/run/conform-run.ts';
import { InputError } from '../../../src/shared/input-error.ts';
import { withFolder } from '../../support/cli/run-cli.ts';
import { kernelTraceText } from '../../support/kernel-trace.ts';

const TEXT = kernelTraceText([{ op: 'testYoung', startGfn: 4096, endGfn: 4112, young: [] }]);

function withTraces(use: (paths: string[]) => Promise<void>): Promise<void> {
  return withFolder((folder) => {
    mkdirSync(join(folder, 'deep'));
    const paths = ['a.jsonl', 'b.jsonl', 'deep/c.jsonl'].map((name) => join(folder, name));
    for (const path of paths) writeFileSync(path, TEXT);
    return use(paths);
  });
}

describe('conform', () => {
  it('replays traces in order and says how far it is', () =>
    withTraces(async (paths) => {
      const progress: unknown[] = [];
      const { traces, interrupted } = await conform(paths, { onProgress: (update) => progress.push(update) });
      expect(traces.map(({ file, mmu, mutant }) => [file, mmu, mutant])).toEqual(
        paths.map((file) => [file, 'tdp', null]),
      );
      expect(interrupted).toBe(false);
      expect(progress).toEqual(paths.map((file, done) => ({ file, done, traces: 3 })));
    }));

  it('stops between traces, and keeps the results of before', () =>
    withTraces(async (paths) => {
      const controller = new AbortController();
      const { traces, interrupted } = await conform(paths, {
        signal: controller.signal,
        onProgress: ({ done }) => {
          if (done === 1) controller.abort();
        },
      });
      expect(traces.map(({ file }) => file)).toEqual(paths.slice(0, 2));
      expect(interrupted).toBe(true);
    }));

  it('counts for each rule of each variant the operations that asked it', () =>
    withTraces(async (paths) => {
      const { rules } = await conform(paths, { variants: ['mmu-lock', 'lockless'], mutant: 'round-inward' });
      expect(rules.map(({ variant, mutant }) => [variant, mutant])).toEqual([
        ['mmu-lock-6.1', 'round-inward'],
        ['lockless-7.3', 'round-inward'],
      ]);
      for (const [index, agingTakesMmuLock] of [true, false].entries()) {
        expect(rules[index]?.rules).toContainEqual({
          rule: 'agingTakesMmuLock',
          value: agingTakesMmuLock,
          operations: 3,
          traces: 3,
        });
        expect(rules[index]?.rules).toContainEqual(expect.objectContaining({ rule: 'roundsOutward', value: false }));
        expect(rules[index]?.rules).toContainEqual(
          expect.objectContaining({ rule: 'loggingProtects', operations: 0, traces: 0 }),
        );
      }
    }));

  it.each([
    [{ variants: ['6.1'] }, /^variant 6\.1: there is none; accepted: mmu-lock/],
    [{ mutant: 'none' }, /^mutant none: there is none; accepted: /],
  ])('rejects %j', async (options, message) => {
    await withTraces(async (paths) => {
      const run = conform(paths, options);
      await expect(run).rejects.toThrow(InputError);
      await expect(run).rejects.toThrow(message);
    });
  });
});
