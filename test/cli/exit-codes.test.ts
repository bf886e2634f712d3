import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StressResult } from '../../src/run/stress-result.ts';
import { runCli, SHORT, withFolder } from '../support/cli/run-cli.ts';

describe('The exit code is', () => {
  it('0 if nothing is found', async () => {
    expect((await runCli(SHORT)).code).toBe(0);
  });

  it('1 if a property is violated', async () => {
    expect((await runCli(['stress', '--mutant=no-flush', '--pages=64', '--seed=1', '--quiet'])).code).toBe(1);
  });

  it('3 if a worker dies, and results of before are kept', () =>
    withFolder(async (cwd) => {
      const { code, stdout } = await runCli([...SHORT, '--sabotage=vcpu0:die', '--json=result.json'], { cwd });
      expect(code).toBe(3);
      expect(stdout).toContain('harness failure on mmu-lock-6.1: vcpu0: ');
      expect(stdout).toContain('what is shown above is partial');
      const { variants } = JSON.parse(readFileSync(join(cwd, 'result.json'), 'utf8')) as StressResult;
      expect(variants[0]?.verdict).toBe('harness-failure');
    }));

  it('3, not 1, if a worker dies in a run that violates a property', async () => {
    const { code } = await runCli([...SHORT, '--mutant=no-flush', '--duration=5s', '--sabotage=aging:die', '--quiet']);
    expect(code).toBe(3);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('that of %s, %i, if the run is interrupted; partial results are kept and say so', (signal, expected) =>
    withFolder(async (cwd) => {
      const args = ['stress', '--pages=64', '--duration=10m', '--seed=1', '--json=result.json', '--junit=result.xml'];
      const { code, stdout } = await runCli(args, { cwd, signal });
      expect(code).toBe(expected);
      expect(stdout).toContain('interrupted: what is shown above is partial');
      const result = JSON.parse(readFileSync(join(cwd, 'result.json'), 'utf8')) as StressResult;
      expect(result.interrupted).toBe(true);
      for (const { verdict } of result.variants) expect(verdict).toBe('interrupted');
      expect(readFileSync(join(cwd, 'result.xml'), 'utf8')).toContain('<testsuites');
    }),
  );

  it('130 with only JSON on stdout, if asked for it', async () => {
    const { code, stdout } = await runCli(['stress', '--pages=64', '--seed=1', '--duration=10m', '--json'], {
      signal: 'SIGINT',
    });
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ interrupted: true });
  });
});
