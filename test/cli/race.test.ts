import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../src/check/check-result.ts';
import type { RaceDocument } from '../../src/run/race-result.ts';
import { LONG_SCENARIO, scenarioTexts } from '../support/check/scenario-texts.ts';
import { lines, runCli, withFolder } from '../support/cli/run-cli.ts';

const ROUNDS = 2048;

function inFolder(use: (cwd: string) => Promise<void>): Promise<void> {
  return withFolder((cwd) => {
    writeFileSync(join(cwd, 'race.yaml'), scenarioTexts['test-access-clear']);
    writeFileSync(join(cwd, 'wrong.yaml'), scenarioTexts['test-access-clear'].replace('[read 0]', '[read 7]'));
    writeFileSync(join(cwd, 'long.yaml'), LONG_SCENARIO);
    return use(cwd);
  });
}

async function race(cwd: string, ...args: string[]): Promise<RaceDocument> {
  const words = ['stress', '--scenario=race.yaml', '--repeat=2K', '--seed=7', '--json', ...args];
  const { code, stdout, stderr } = await runCli(words, { cwd });
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as RaceDocument;
}

describe('pte-aging stress --scenario', () => {
  it('is clean on both variants: every outcome seen is one that the explorer knows, and counts add up', () =>
    inFolder(async (cwd) => {
      const document = await race(cwd, '--variant=mmu-lock,lockless');
      expect(document).toMatchObject({
        schema: 'pte-aging/stress@1',
        seed: '7',
        interrupted: false,
        config: { scenario: 'race.yaml', repeat: ROUNDS },
        findings: [],
      });
      expect(document.host).toBeTypeOf('object');
      expect(document.variants.map(({ variant }) => variant)).toEqual(['mmu-lock-6.1', 'lockless-7.3']);
      const { stdout } = await runCli(['check', 'race.yaml', '--variant=mmu-lock,lockless', '--json'], { cwd });
      const { results } = JSON.parse(stdout) as CheckResult;
      document.variants.forEach((raced, index) => {
        expect(raced).toMatchObject({ verdict: 'clean', mutant: null, rounds: ROUNDS, unexplained: [] });
        expect(raced.outcomes.reduce((sum, { seen }) => sum + seen, 0)).toBe(ROUNDS);
        const { scenario, verdict, complete, states, outcomes } = results[index] as CheckResult['results'][number];
        expect(raced.explored).toEqual({ scenario, verdict, complete, states });
        expect(raced.outcomes.map(({ seen: _, ...outcome }) => outcome)).toEqual(outcomes);
      });
    }));

  it('is clean with a mutant, too, whose further outcomes the explorer knows as well', () =>
    inFolder(async (cwd) => {
      const [sound] = (await race(cwd, '--variant=lockless')).variants;
      const [broken] = (await race(cwd, '--variant=lockless', '--mutant=clear-untested')).variants;
      expect(broken).toMatchObject({ verdict: 'clean', mutant: 'clear-untested', rounds: ROUNDS, unexplained: [] });
      expect(broken?.explored.verdict).toBe('violated');
      expect(sound?.explored.verdict).toBe('holds');
    }));

  it('shows the exact count of each outcome and how often it was seen', () =>
    inFolder(async (cwd) => {
      const args = ['stress', '--scenario=race.yaml', '--repeat=2K', '--seed=7', '--variant=lockless', '--json=r.json'];
      const { code, stdout, stderr } = await runCli(args, { cwd });
      expect([code, stderr]).toEqual([0, '']);
      expect(lines(stdout)[0]).toBe('test-access-clear under lockless-7.3: 2,048 rounds on real threads');
      expect(lines(stdout)[1]).toMatch(/^mm +vcpu0 +interleavings +fewest preemptions +seen$/);
      const [raced] = (JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8')) as RaceDocument).variants;
      for (const { results, interleavings } of raced?.outcomes ?? []) {
        expect(stdout).toMatch(
          new RegExp(`^${results.mm?.join('; ').replace(/[{}]/g, '\\$&')} +ok +${interleavings} `, 'm'),
        );
      }
      const seen = (raced?.outcomes ?? []).filter((outcome) => outcome.seen > 0).length;
      expect(stdout).toContain(`CLEAN: ${seen} of 3 outcomes seen, 0 that the explorer does not know`);
      expect(stdout).toMatch(/seed 7\n$/);
    }));

  it('ends with 130 and what it has if it is interrupted', () =>
    inFolder(async (cwd) => {
      const args = ['stress', '--scenario=race.yaml', '--repeat=10M', '--variant=lockless', '--json'];
      const { code, stdout } = await runCli(args, { cwd, signal: 'SIGINT', signalAfterMs: 4000 });
      expect(code).toBe(130);
      const { interrupted, variants } = JSON.parse(stdout) as RaceDocument;
      expect(interrupted).toBe(true);
      expect(variants[0]?.rounds).toBeGreaterThan(0);
      expect(variants[0]?.rounds).toBeLessThan(10 * 2 ** 20);
      expect(variants[0]).toMatchObject({ verdict: 'interrupted', unexplained: [] });
    }));

  it.each([
    ['--repeat=2K', /--repeat: /, /accepted: together with --scenario FILE/],
    ['--scenario=race.yaml --repeat=0', /--repeat/, /./],
    ['--scenario=no-such.yaml', /no-such\.yaml: no such file/, /accepted: scenarios/],
    ['--scenario=wrong.yaml', /^pte-aging: wrong\.yaml:11: .*gfn 7/, /accepted/],
    ['--scenario=. --repeat=1K', /\.: accepted: one scenario file/, /./],
    ['--scenario=race.yaml --json=race.yaml', /--json: race\.yaml is an input/, /accepted: another file/],
    ['--scenario=race.yaml --mutant=unknown', /--mutant.*unknown/, /accepted: .*round-inward/],
    ['--scenario=race.yaml --junit=r.xml', /--junit: /, /accepted/],
    ['--scenario=race.yaml --vcpus=2', /--vcpus: /, /accepted/],
  ])('stress %s: one line, exit code 2', (args, place, accepted) =>
    inFolder(async (cwd) => {
      const { code, stdout, stderr } = await runCli(['stress', ...args.split(' ')], { cwd });
      expect([stderr, code, stdout]).toEqual([stderr, 2, '']);
      expect(lines(stderr)).toHaveLength(1);
      expect(stderr).toMatch(place);
      expect(stderr).toMatch(accepted);
      expect(readFileSync(join(cwd, 'race.yaml'), 'utf8')).toBe(scenarioTexts['test-access-clear']);
    }),
  );
});
