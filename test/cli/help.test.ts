import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli/run-cli.ts';

describe('pte-aging --help', () => {
  it('names every command on stdout', async () => {
    const { code, stdout, stderr } = await runCli(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Usage: pte-aging');
    for (const command of ['stress', 'check', 'explore', 'bench', 'conform', 'reclaim', 'replay', 'report', 'list'])
      expect(stdout).toMatch(new RegExp(`^ +${command}`, 'm'));
  });

  it('of stress names its options, examples and exit codes', async () => {
    const { code, stdout, stderr } = await runCli(['stress', '--help']);
    expect([code, stderr]).toEqual([0, '']);
    const options = ['variant', 'mutant', 'vcpus', 'pages', 'duration', 'passes', 'workload', 'trace', 'writes'];
    for (const option of [...options, 'invalidate', 'tlb', 'seed', 'json', 'junit', 'quiet', 'no-color']) {
      expect(stdout).toContain(`--${option}`);
    }
    expect(stdout).toContain('Examples:');
    expect(stdout).toMatch(/^Exit codes: 0 .* 1 .* 2 .* 3 .* 130 .* 143/m);
  });

  it('of bench names its options, examples and exit codes', async () => {
    const { code, stdout } = await runCli(['bench', '--help']);
    expect(code).toBe(0);
    for (const option of [
      'vcpus',
      'phase',
      'aging',
      'fault-work',
      'baseline',
      'fail-above',
      'force',
      'json',
      'junit',
    ]) {
      expect(stdout).toContain(`--${option}`);
    }
    expect(stdout).toMatch(/^Exit codes: 0 /m);
  });

  it('is what a call without a command gets, as bad usage', async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Usage: pte-aging');
  });
});

it('pte-aging --version prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});
