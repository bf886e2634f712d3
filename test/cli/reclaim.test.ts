import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ReclaimResult } from '../../src/run/reclaim-result.ts';
import { variants } from '../../src/variants/variants.ts';
import { lines, runCli, withFolder } from '../support/cli/run-cli.ts';

/** A run that is over soon. */
const SMALL = ['reclaim', '--pages=256', '--rounds=8', '--seed=0x2A'];

/** Each variant with each guest, but no nested guests on arm64. */
const ALL_ROWS = 3 * variants.length - 2;

function rowsOf(document: string): (readonly [string, string])[] {
  return (JSON.parse(document) as ReclaimResult).rows.map(({ variant, guest }) => [variant, guest] as const);
}

describe('pte-aging reclaim', () => {
  it('prints the seed first and last, and a line for each variant and guest', async () => {
    const { code, stdout, stderr } = await runCli(SMALL);
    expect([code, stderr]).toEqual([0, '']);
    expect([lines(stdout)[0], lines(stdout).at(-1)]).toEqual(['pte-aging reclaim, seed 0x2a', 'seed 0x2a']);
    for (const { name } of variants) {
      for (const guest of ['L1', ...(name === 'v3-arm64' ? [] : ['L2', 'mixed'])])
        expect(stdout).toMatch(new RegExp(`^${name.replaceAll('.', '\\.')} +${guest} `, 'm'));
    }
    expect(stdout).toMatch(/^\(exact LRU\) /m);
  });

  it('prints the same bytes for the same seed, and others for another', async () => {
    for (const output of [[], ['--json']]) {
      const [first, again] = [await runCli([...SMALL, ...output]), await runCli([...SMALL, ...output])];
      expect(again).toEqual(first);
      expect((await runCli([...SMALL, ...output, '--seed=43'])).stdout).not.toBe(first.stdout);
    }
  });

  it('writes one JSON document to stdout and nothing else there', async () => {
    const { code, stdout, stderr } = await runCli([...SMALL, '--json']);
    expect([code, stderr]).toEqual([0, 'pte-aging reclaim, seed 0x2a\n\n']);
    const result = JSON.parse(stdout) as ReclaimResult;
    expect(result).toMatchObject({ schema: 'pte-aging/reclaim@1', seed: '0x2a', interrupted: false });
    expect(result.rows).toHaveLength(ALL_ROWS);
    expect((await runCli([...SMALL, '--json', '--quiet'])).stderr).toBe('');
  });

  it('writes JSON to a file, and text to stdout', () =>
    withFolder(async (cwd) => {
      const { code, stdout } = await runCli([...SMALL, '--json=result.json', '--quiet'], { cwd });
      expect([code, lines(stdout).at(-1)]).toEqual([0, 'seed 0x2a']);
      expect(rowsOf(readFileSync(join(cwd, 'result.json'), 'utf8'))).toHaveLength(ALL_ROWS);
      expect(stdout).not.toContain('misreported:');
    }));

  it('takes its options', async () => {
    const options = ['--hot=0.25', '--hot-accesses=0.5', '--limit=1K', '--accesses=100', '--writes=0', '--pages=1K'];
    const { stdout } = await runCli([...SMALL, '--json', '--variant=lockless', '--guest=l1', ...options]);
    const { config } = JSON.parse(stdout) as ReclaimResult;
    expect(config).toEqual({
      seed: '0x2a',
      pages: 1024,
      hot: 0.25,
      hotPages: 256,
      hotAccesses: 0.5,
      limit: 1024,
      rounds: 8,
      accesses: 100,
      writes: 0,
    });
    expect(rowsOf(stdout)).toEqual([['lockless-7.3', 'l1']]);
  });

  it('has rows with the guests that it is told', async () => {
    const { stdout } = await runCli([...SMALL, '--json', '--variant=lockless,mmu-lock', '--guest=mixed,l2']);
    expect(rowsOf(stdout)).toEqual(
      ['lockless-7.3', 'mmu-lock-6.1'].flatMap((name) => ['mixed', 'l2'].map((guest) => [name, guest])),
    );
  });

  it('says that the kernel crashes in place of figures, and does not take that amiss', async () => {
    const v3 = [...SMALL, '--variant=v3', '--guest=mixed', '--quiet'];
    const crashed = await runCli(v3);
    expect(crashed.code).toBe(0);
    expect(crashed.stdout).toMatch(
      /^v3 +mixed {2}the kernel crashes \(null-dereference\) in round \d+, at access \d+$/m,
    );
    const { code, stdout } = await runCli([...v3, '--mutant=slowPassHasMetadata=true']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^each variant with slowPassHasMetadata=true\n\nvariant /m);
    expect(stdout).toMatch(/^v3 +mixed +\d/m);
  });

  it('chooses and prints a seed if it is given none', async () => {
    const { stdout } = await runCli(['reclaim', '--pages=64', '--rounds=1', '--variant=lockless']);
    const seed = /^pte-aging reclaim, seed (\d+)$/.exec(lines(stdout)[0] ?? '')?.[1];
    expect(lines(stdout).at(-1)).toBe(`seed ${seed}`);
  });

  it('keeps what is finished when it is interrupted, and says so', async () => {
    const long = ['reclaim', '--pages=1K', '--rounds=64K', '--seed=1'];
    const { code, stdout } = await runCli(long, { signal: 'SIGINT' });
    expect(code).toBe(130);
    expect(lines(stdout).slice(-2)).toEqual(['interrupted: what is shown above is partial', 'seed 1']);
    expect(stdout).not.toContain('lockless-7.3');
  });
});
