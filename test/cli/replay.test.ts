import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CheckedScenario, CheckResult } from '../../src/check/check-result.ts';
import type { ReplayedScenario } from '../../src/check/replay-scenario.ts';
import { scenarioTexts } from '../support/check/scenario-texts.ts';
import { lines, runCli, withFolder } from '../support/cli/run-cli.ts';

interface ReplayDocument {
  readonly schema: string;
  readonly replays: readonly ReplayedScenario[];
}

interface Found {
  readonly cwd: string;
  readonly token: string;
  readonly result: CheckedScenario;
}

/** A folder with `race.yaml`, and `result.json` with what a mutant does to it. */
function withCounterexample(use: (found: Found) => Promise<void>, args: readonly string[] = []): Promise<void> {
  return withFolder(async (cwd) => {
    writeFileSync(join(cwd, 'race.yaml'), scenarioTexts['test-access-clear']);
    writeFileSync(join(cwd, 'other.yaml'), scenarioTexts['test-two-slots']);
    const mutant = ['--mutant=clear-untested', '--variant=lockless', '--json=result.json'];
    const { code } = await runCli(['check', 'race.yaml', ...mutant, ...args], { cwd });
    expect(code).toBe(1);
    const { results } = JSON.parse(readFileSync(join(cwd, 'result.json'), 'utf8')) as CheckResult;
    const result = results[0] as CheckedScenario;
    await use({ cwd, token: result.violations[0]?.replay as string, result });
  });
}

/**
 * The token with one of its parts replaced: 1 is the scenario, 2 its hash, 3 the variant, 4 the mutant, 5 the shared words,
 * 6 the schedule.
 */
function withPart(token: string, part: number, text: string): string {
  return token
    .split(':')
    .map((old, index) => (index === part ? text : old))
    .join(':');
}

describe.concurrent('pte-aging replay', () => {
  it('reproduces the steps and the violation of a token and of a file, and exits with 1', () =>
    withCounterexample(async ({ cwd, token, result }) => {
      for (const args of [[token, '--scenario', 'race.yaml'], ['result.json']]) {
        const { code, stdout, stderr } = await runCli(['replay', ...args, '--json'], { cwd });
        expect([code, stderr]).toEqual([1, '']);
        const { schema, replays } = JSON.parse(stdout) as ReplayDocument;
        expect([schema, replays.length]).toEqual(['pte-aging/replay@1', 1]);
        const [violation] = result.violations;
        expect(replays[0]).toMatchObject({
          scenario: 'test-access-clear',
          variant: 'lockless-7.3',
          mutant: 'clear-untested',
          breaches: [{ property: 'access-lost', class: 'forbidden', page: 0, message: violation?.message }],
        });
        expect(replays[0]?.steps).toEqual(violation?.schedule);
      }
    }));

  it('tells each step in a line, and the violation behind them', () =>
    withCounterexample(async ({ cwd, token, result }) => {
      const { code, stdout, stderr } = await runCli(['replay', token, '--scenario=race.yaml'], { cwd });
      expect([code, stderr]).toEqual([1, '']);
      const steps = result.violations[0]?.schedule.length ?? 0;
      expect(lines(stdout)[0]).toBe(`replay of test-access-clear under lockless-7.3 + clear-untested, ${steps} steps`);
      expect(lines(stdout).filter((line) => /^\d+ +(?:mm|vcpu0) /.test(line))).toHaveLength(steps);
      expect(stdout).toMatch(/clearBits spte\[gfn 0\] +1:PWADM version 0 -> 1:PWaDM version 0/);
      expect(lines(stdout).at(-1)).toMatch(/^violated: access-lost: page 0 looks old/);
    }));

  it('replays what was found before a budget ended, or in another order of random runs', () =>
    withCounterexample(
      async ({ cwd, token, result }) => {
        expect(result.complete).toBe(false);
        const { code, stdout } = await runCli(['replay', token, '--scenario=race.yaml', '--json'], { cwd });
        expect(code).toBe(1);
        expect((JSON.parse(stdout) as ReplayDocument).replays[0]?.steps).toEqual(result.violations[0]?.schedule);
      },
      ['--max-states=20', '--seed=77'],
    ));

  it('replays every counterexample of a file', () =>
    withCounterexample(
      async ({ cwd }) => {
        const { code, stdout } = await runCli(['replay', 'result.json', '--json'], { cwd });
        expect(code).toBe(1);
        expect((JSON.parse(stdout) as ReplayDocument).replays.map(({ variant }) => variant)).toEqual([
          'lockless-7.3',
          'mmu-lock-6.1',
        ]);
      },
      ['--variant=lockless,mmu-lock'],
    ));

  it('exits with 0 if what the steps violate is tolerated', () =>
    withFolder(async (cwd) => {
      const text = scenarioTexts['test-access-clear']
        .replace('memslots:', 'machine: { tlb: cached, vcpuMode: guest }\nmemslots:')
        .replace('[clearYoung 0..1, testYoung 0..1]', '[testYoung 0..1]');
      writeFileSync(join(cwd, 'tlb.yaml'), text);
      expect((await runCli(['check', 'tlb.yaml', '--json=result.json'], { cwd })).code).toBe(0);
      const { code, stdout } = await runCli(['replay', 'result.json'], { cwd });
      expect(code).toBe(0);
      expect(stdout).toContain('tolerated: access-lost (tlb-hit): page 0 looks old');
    }));

  it('says so if a file has no counterexample', () =>
    withFolder(async (cwd) => {
      writeFileSync(join(cwd, 'good.yaml'), scenarioTexts['test-access-clear']);
      expect((await runCli(['check', 'good.yaml', '--json=result.json'], { cwd })).code).toBe(0);
      const { code, stdout } = await runCli(['replay', 'result.json'], { cwd });
      expect([code, stdout]).toEqual([0, 'result.json: no counterexample in it\n']);
    }));
});

describe.concurrent('pte-aging replay: what cannot be replayed gets one line and exit code 2', () => {
  async function refuses(cwd: string, args: readonly string[], ...said: readonly RegExp[]): Promise<void> {
    const { code, stdout, stderr } = await runCli(['replay', ...args], { cwd });
    expect([stderr, code, stdout]).toEqual([stderr, 2, '']);
    expect(lines(stderr)).toHaveLength(1);
    expect(stderr).toMatch(/^pte-aging: /);
    for (const pattern of said) expect(stderr).toMatch(pattern);
  }

  it.each([
    ['race.yaml', /race\.yaml: no JSON/],
    ['no-such-file', /no-such-file: no such file, and no token/],
    ['c2:half', /c2:half: no such file, and no token/],
    ['c2:%E0%A4%A:a:lockless-7.3::1:x1-a-1', /no such file, and no token/],
    ['empty.json', /empty\.json: schema undefined/],
    ['null.json', /null\.json: /],
    ['stress.json', /stress\.json: schema pte-aging\/stress@1/],
  ])('%s', (argument, said) =>
    withFolder(async (cwd) => {
      writeFileSync(join(cwd, 'race.yaml'), scenarioTexts['test-access-clear']);
      writeFileSync(join(cwd, 'empty.json'), '{}');
      writeFileSync(join(cwd, 'null.json'), 'null');
      writeFileSync(join(cwd, 'stress.json'), '{"schema":"pte-aging/stress@1","results":[]}');
      await refuses(cwd, [argument], said, /accepted: .*(?:check --json|check@1)/);
    }),
  );

  it('a scenario whose text has changed, be it a comment, by token or by file', () =>
    withCounterexample(async ({ cwd, token }) => {
      writeFileSync(join(cwd, 'race.yaml'), `# newer\n${scenarioTexts['test-access-clear']}`);
      await refuses(cwd, [token, '--scenario=race.yaml'], /race\.yaml: the scenario has changed/);
      await refuses(cwd, ['result.json'], /race\.yaml: the scenario has changed/);
    }));

  it('another scenario, or none of that name', () =>
    withCounterexample(async ({ cwd, token }) => {
      await refuses(
        cwd,
        [token, '--scenario=other.yaml'],
        /other\.yaml: .*test-two-slots/,
        /accepted: .*test-access-clear/,
      );
      await refuses(cwd, [token, '--scenario=no-such.yaml'], /no-such\.yaml: no such file/);
      await refuses(cwd, [token], /test-access-clear is no shipped scenario/, /accepted: --scenario FILE/);
    }));

  it('another variant or mutant, or one that does not exist', () =>
    withCounterexample(async ({ cwd, token }) => {
      const replay = (part: number, text: string, ...said: RegExp[]) =>
        refuses(cwd, [withPart(token, part, text), '--scenario=race.yaml'], ...said);
      await replay(3, 'mmu-lock-6.1', /has changed since the token was written/);
      await replay(3, 'mmu-lock-9', /mmu-lock-9/, /accepted: .*lockless-7\.3/);
      await replay(4, 'unknown', /unknown/, /accepted: .*clear-untested/);
      await replay(4, '', /has changed since the token was written/);
      await replay(2, 'abc', /the scenario has changed/);
    }));

  it('a token of an older version, alone or in a file', () =>
    withCounterexample(async ({ cwd, token, result }) => {
      const [, scenario, hash, variant, mutant, , schedule] = token.split(':');
      const old = ['c1', scenario, hash, variant, mutant, schedule].join(':');
      const said = /: a token of an older version; accepted: the one that `check` prints now/;
      await refuses(cwd, [old, '--scenario=race.yaml'], said);
      const violations = [{ ...result.violations[0], replay: old }];
      const document = { schema: 'pte-aging/check@1', results: [{ ...result, violations }] };
      writeFileSync(join(cwd, 'old.json'), JSON.stringify(document));
      await refuses(cwd, ['old.json'], said);
    }));

  it('words that are none, or others than the schedule is about', () =>
    withCounterexample(async ({ cwd, token }) => {
      const words = token.split(':')[5] as string;
      const replay = (text: string, ...said: RegExp[]) =>
        refuses(cwd, [withPart(token, 5, text), '--scenario=race.yaml'], ...said);
      await replay('A', /"A" is no list of the scenario's words/);
      await replay('zzzzz', /"zzzzz" is no list of the scenario's words/);
      await replay(words.slice(0, words.lastIndexOf('.')), /has changed since the token was written/);
      await replay('', /has changed since the token was written/);
    }));

  it('a schedule that is none, or that the program does not go along with', () =>
    withCounterexample(async ({ cwd, token }) => {
      const schedule = token.split(':')[6] as string;
      const replay = (text: string, ...said: RegExp[]) =>
        refuses(cwd, [withPart(token, 6, text), '--scenario=race.yaml'], ...said);
      await replay('gibberish', /"gibberish" is no schedule/);
      await replay('x1-a-99999999', /"x1-a-99999999" is no schedule/);
      await replay(`${schedule}.3.7`, /thread 7 cannot take a step/);
      await replay(schedule.replace(/^x1-./, 'x1-_'), /no schedule/);
      await replay(schedule.replace(/^x1-\w+-/, 'x1-00000000000000-'), /has changed since the token was written/);
    }));
});
