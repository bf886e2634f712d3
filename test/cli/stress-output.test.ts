import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { StressResult } from '../../src/run/stress-result.ts';
import { readProgramTrace } from '../../src/scenario/program-trace.ts';
import { propertyIds, tolerationIds } from '../../src/shared/property.ts';
import { lines, runCli, SHIPPED_TRACE, SHORT, withFolder } from '../support/cli/run-cli.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const NOISE = new RegExp(String.fromCharCode(27));

describe('pte-aging stress --json', () => {
  it('writes one JSON document to stdout and nothing else there', async () => {
    const { code, stdout, stderr } = await runCli([...SHORT, '--json', '--invalidate=2000', '--zap-all=50']);
    expect(code).toBe(0);
    expect(stderr).toContain('seed 1');
    const result = JSON.parse(stdout) as StressResult;
    expect(result).toMatchObject({ schema: 'pte-aging/stress@1', seed: '1', interrupted: false, findings: [] });
    expect(result.config).toMatchObject({ mutant: null, pages: 64, durationMs: 100 });
    expect(result.host.cores).toBeGreaterThan(0);
    expect(result.variants.map(({ variant }) => variant)).toEqual(['mmu-lock-6.1', 'lockless-7.3']);
  });

  it("has the contract's fields for each variant", async () => {
    const { stdout } = await runCli([...SHORT, '--json']);
    for (const variant of (JSON.parse(stdout) as StressResult).variants) {
      expect(variant).toMatchObject({ mutant: null, verdict: 'clean' });
      for (const count of ['accesses', 'accessesPerSecond', 'agingCalls', 'agingPasses', 'youngReported'] as const) {
        expect(variant[count]).toBeTypeOf('number');
      }
      expect(Object.keys(variant.violations)).toEqual(propertyIds);
      expect(Object.keys(variant.tolerated)).toEqual(tolerationIds);
      for (const kind of ['access', 'fault', 'agingPass', 'mmuLockWait'] as const) {
        expect(Object.keys(variant.latencyNs[kind])).toEqual(['count', 'p50', 'p90', 'p99', 'p99_9', 'max']);
      }
    }
  });

  it('keeps quiet on stderr with --quiet', async () => {
    const { code, stdout, stderr } = await runCli([...SHORT, '--json', '--quiet', '--variant=lockless']);
    expect([code, stderr]).toEqual([0, '']);
    expect((JSON.parse(stdout) as StressResult).variants.map(({ variant }) => variant)).toEqual(['lockless-7.3']);
  });
});

describe('pte-aging stress', () => {
  it('prints the seed first and last, and a verdict for each variant, without colour in a pipe', async () => {
    const { code, stdout, stderr } = await runCli(SHORT);
    expect([code, stderr]).toEqual([0, '']);
    expect(lines(stdout)[0]).toBe('pte-aging stress, seed 1');
    expect(lines(stdout).at(-1)).toBe('seed 1');
    expect(stdout).toMatch(/^CLEAN +mmu-lock-6\.1\b/m);
    expect(stdout).toMatch(/^CLEAN +lockless-7\.3\b/m);
    expect(stdout).not.toMatch(NOISE);
  });

  it('takes a commit id for a seed', async () => {
    const { stdout } = await runCli([...SHORT, '--variant=lockless', `--seed=${COMMIT}`]);
    expect([lines(stdout)[0], lines(stdout).at(-1)]).toEqual([`pte-aging stress, seed ${COMMIT}`, `seed ${COMMIT}`]);
  });

  it('chooses and prints a seed if it is given none', async () => {
    const seeds = [];
    for (let i = 0; i < 2; i++) {
      const { stdout } = await runCli(['stress', '--pages=64', '--duration=50ms', '--variant=lockless']);
      const seed = /^pte-aging stress, seed (\d+)$/.exec(lines(stdout)[0] ?? '')?.[1];
      expect(lines(stdout).at(-1)).toBe(`seed ${seed}`);
      seeds.push(seed);
    }
    expect(seeds[0]).not.toBe(seeds[1]);
  });

  it('writes JSON and JUnit to files that it is given, and text to stdout', () =>
    withFolder(async (cwd) => {
      const { code, stdout } = await runCli([...SHORT, '--json=result.json', '--junit=result.xml'], { cwd });
      expect(code).toBe(0);
      expect(stdout).toContain('CLEAN');
      const result = JSON.parse(readFileSync(join(cwd, 'result.json'), 'utf8')) as StressResult;
      expect(result.schema).toBe('pte-aging/stress@1');
      const junit = readFileSync(join(cwd, 'result.xml'), 'utf8');
      for (const name of ['mmu-lock-6.1', 'lockless-7.3']) expect(junit).toContain(`stress ${name} (seed 1)`);
      for (const property of propertyIds) expect(junit).toContain(`name="${property}"`);
      expect(junit).not.toContain('<failure');
    }));

  it('reports a violation in text, JSON and JUnit alike', () =>
    withFolder(async (cwd) => {
      const args = ['stress', '--mutant=round-inward', '--variant=lockless', '--pages=64', '--seed=1'];
      const { code, stdout } = await runCli([...args, '--json=result.json', '--junit=result.xml'], { cwd });
      expect(code).toBe(1);
      expect(stdout).toMatch(/^VIOLATED +lockless-7\.3 \+ round-inward\b/m);
      const { variants, findings } = JSON.parse(readFileSync(join(cwd, 'result.json'), 'utf8')) as StressResult;
      expect(variants).toMatchObject([{ mutant: 'round-inward', verdict: 'violated' }]);
      expect(findings[0]).toMatchObject({ variant: 'lockless-7.3', mutant: 'round-inward' });
      expect(readFileSync(join(cwd, 'result.xml'), 'utf8')).toContain('<failure');
    }));

  it('makes every access of a trace exactly once in each variant, from a file and from a pipe', async () => {
    const { count } = await readProgramTrace(SHIPPED_TRACE);
    const fromFile = await runCli(['stress', `--trace=${SHIPPED_TRACE}`, '--seed=1', '--json']);
    const stdin = gunzipSync(readFileSync(SHIPPED_TRACE));
    const fromPipe = await runCli(['stress', '--trace=-', '--seed=1', '--json', '--variant=lockless'], { stdin });
    for (const { code, stdout } of [fromFile, fromPipe]) {
      expect(code).toBe(0);
      const { variants } = JSON.parse(stdout) as StressResult;
      expect(variants.map(({ accesses }) => accesses)).toEqual(variants.map(() => count));
    }
  });

  it('overwrites a result of before', () =>
    withFolder(async (cwd) => {
      const args = [...SHORT, '--variant=lockless', '--json=result.json'];
      await runCli(args, { cwd });
      expect(existsSync(join(cwd, 'result.json'))).toBe(true);
      expect((await runCli([...args, '--seed=2'], { cwd })).code).toBe(0);
      expect(JSON.parse(readFileSync(join(cwd, 'result.json'), 'utf8'))).toMatchObject({ seed: '2' });
    }));
});
