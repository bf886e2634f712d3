import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BenchResult } from '../../src/run/bench-result.ts';
import { lines, runCli, withFolder } from '../support/cli/run-cli.ts';

/** A benchmark that is over soon. */
const SMALL = ['bench', '--phase=populate', '--vcpus=1', '--pages=256', '--duration=5ms', '--repeat=2', '--seed=0x2A'];

describe('pte-aging bench', () => {
  it('prints the seed first and last, ratios with intervals, and what measuring costs', async () => {
    const { code, stdout, stderr } = await runCli(SMALL);
    expect([code, stderr]).toEqual([0, '']);
    expect([lines(stdout)[0], lines(stdout).at(-1)]).toEqual(['pte-aging bench, seed 0x2a', 'seed 0x2a']);
    for (const aging of ['none', 'continuous']) {
      for (const work of ['2.50 µs', 'bare']) {
        const cell = `populate +1  ${aging} +${work}`;
        const line = `^vCPUs' wall time +mmu-lock-6.1 / lockless-7.3  ${cell} +[\\d.]+ +[\\d.]+ +[\\d.]+ +50.0 % +2$`;
        expect(stdout).toMatch(new RegExp(line, 'm'));
      }
    }
    expect(stdout).toMatch(/^measuring latencies costs vCPUs -?[\d.]+ % of their time/m);
    expect(stdout).toMatch(/^warning: 2 repeats: too few for an interval; --repeat 6 or more reaches it$/m);
  });

  it('writes one JSON document to stdout and nothing else there', async () => {
    const { code, stdout, stderr } = await runCli([...SMALL, '--json', '--aging=none', '--fault-work=0']);
    expect([code, stderr]).toEqual([0, 'pte-aging bench, seed 0x2a\n\n']);
    const result = JSON.parse(stdout) as BenchResult;
    expect(result).toMatchObject({
      schema: 'pte-aging/bench@1',
      seed: '0x2a',
      config: { vcpus: [1], phases: ['populate'], agings: ['none'], faultWorksNs: [0], durationMs: 5, repeat: 2 },
    });
    expect(result.rows).toHaveLength(4);
  });

  it('takes variants, batches and lists', async () => {
    const { stdout } = await runCli([
      ...SMALL,
      '--json',
      '--quiet',
      '--variant=v3,lockless,mmu-lock',
      '--vcpus=2,1,2',
      '--aging=periodic',
      '--period=1ms',
      '--fault-work=1us',
      '--batch=64',
      '--repeat=1',
    ]);
    const { config, rows } = JSON.parse(stdout) as BenchResult;
    expect(config).toMatchObject({ vcpus: [2, 1], batch: 64, periodMs: 1, faultWorksNs: [1000] });
    expect(rows.map(({ variant, vcpus }) => `${variant} ${vcpus}`)).toEqual(
      [1, 2].flatMap((vcpus) => ['v3', 'lockless-7.3', 'mmu-lock-6.1'].map((variant) => `${variant} ${vcpus}`)),
    );
  });

  it('compares with a baseline, and fails if a ratio got worse by more than allowed', () =>
    withFolder(async (cwd) => {
      const run = (...more: string[]) =>
        runCli([...SMALL, '--quiet', '--repeat=4', '--aging=none', '--fault-work=0', ...more], { cwd });
      expect((await run('--json=base.json')).code).toBe(0);
      const base = JSON.parse(readFileSync(join(cwd, 'base.json'), 'utf8')) as BenchResult;
      const times = (factor: number) =>
        JSON.stringify({
          ...base,
          ratios: base.ratios.map((one) => ({
            ...one,
            ratio: one.ratio * factor,
            low: one.low * factor,
            high: one.high * factor,
          })),
        });

      writeFileSync(join(cwd, 'better.json'), times(1000));
      const worse = await run('--baseline=better.json', '--fail-above=20', '--junit=out.xml', '--json=now.json');
      expect(worse.code).toBe(1);
      expect(worse.stdout).toMatch(/populate .* -99\.\d % {2}worse$/m);
      expect(readFileSync(join(cwd, 'out.xml'), 'utf8')).toMatch(/<failure message="[^"]+" type="worse"/);
      const { comparison } = JSON.parse(readFileSync(join(cwd, 'now.json'), 'utf8')) as BenchResult;
      expect(comparison).toMatchObject({ baseline: 'better.json', failAbovePercent: 20, notMeasured: 0 });

      expect((await run('--baseline=better.json')).code, 'without a margin it is only shown').toBe(0);
      writeFileSync(join(cwd, 'worse.json'), times(0.001));
      expect((await run('--baseline=worse.json', '--fail-above=20')).code).toBe(0);

      const nothing = await run('--baseline=base.json', '--fail-above=20', '--phase=read');
      expect([nothing.code, nothing.stdout]).toEqual([2, '']);
      expect(nothing.stderr).toMatch(
        /^pte-aging: --baseline: base.json has no ratio that would be measured now; accepted: .*\n$/,
      );
    }));

  it('refuses a baseline of another machine, unless it is forced to', () =>
    withFolder(async (cwd) => {
      expect((await runCli([...SMALL, '--json=base.json'], { cwd })).code).toBe(0);
      const base = JSON.parse(readFileSync(join(cwd, 'base.json'), 'utf8')) as BenchResult;
      writeFileSync(join(cwd, 'other.json'), JSON.stringify({ ...base, host: { ...base.host, cpu: 'another' } }));
      const refused = await runCli([...SMALL, '--baseline=other.json'], { cwd });
      expect([refused.code, refused.stdout]).toEqual([2, '']);
      expect(refused.stderr).toMatch(
        /^pte-aging: --baseline: other.json was measured otherwise: cpu another, here .*--force\n$/,
      );
      expect((await runCli([...SMALL, '--baseline=other.json', '--force'], { cwd })).code).toBe(0);
    }));

  it('keeps what it has when it is interrupted', async () => {
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const interrupted = await runCli(['bench', '--repeat=100', '--seed=1'], { signal, signalAfterMs: 3000 });
      expect(interrupted.code).toBe(code);
      expect(interrupted.stdout).toMatch(/^interrupted: what is shown above is partial$/m);
    }
  });
});
