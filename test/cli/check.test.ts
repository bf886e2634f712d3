import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../src/check/check-result.ts';
import { LONG_SCENARIO, scenarioTexts } from '../support/check/scenario-texts.ts';
import { lines, runCli, withFolder } from '../support/cli/run-cli.ts';

const GOOD = scenarioTexts['test-access-clear'];
const OPEN = GOOD.slice(0, GOOD.indexOf('expect:'));
const expecting = (what: string): string => `${OPEN}expect:\n  lockless: ${what}\n`;

/** What an access that is made through the TLB loses, for the documented reason. */
const TOLERATED = `schema: pte-aging/scenario@1
name: through-the-tlb
machine: { tlb: cached, vcpuMode: guest }
memslots:
  - { id: 0, gfn: 0, hva: 0, pages: 1 }
setup:
  - vcpu0: read 0
  - mm: clearYoung 0..1
threads:
  mm: [testYoung 0..1]
  vcpu0: [read 0]
`;

function fill(folder: string): void {
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, 'more/deep'), { recursive: true });
  mkdirSync(join(folder, 'none'));
  write('good.yaml', GOOD);
  write('open.yaml', OPEN);
  write('unmet.yaml', expecting('{ verdict: violated, property: access-lost }'));
  write('tolerates.yaml', `${TOLERATED}expect:\n  lockless: { verdict: holds, tolerated: [tlb-hit] }\n`);
  write('intolerant.yaml', `${TOLERATED}expect:\n  lockless: { tolerated: [] }\n`);
  write('lost.yaml', GOOD.replace('[read 0]', '[read 4]'));
  write('two-keys.yaml', GOOD.replace('threads:', 'name: again\nthreads:'));
  write('wrong-op.yaml', GOOD.replace('testYoung 0..1', 'testYuong 0..1'));
  write('old.yaml', GOOD.replace('scenario@1', 'scenario@9'));
  write('long.yaml', LONG_SCENARIO);
  write('more/a.yaml', scenarioTexts['test-two-slots']);
  write('more/deep/b.yml', GOOD);
  write('more/notes.txt', 'no scenario');
}

function inFolder(use: (cwd: string) => Promise<void>): Promise<void> {
  return withFolder((cwd) => {
    fill(cwd);
    return use(cwd);
  });
}

async function checkJson(
  cwd: string,
  args: readonly string[],
): Promise<CheckResult & { readonly code: number | null }> {
  const { code, stdout, stderr } = await runCli(['check', ...args, '--json'], { cwd });
  expect(stderr).toBe('');
  return { code, ...(JSON.parse(stdout) as CheckResult) };
}

describe.concurrent('pte-aging check: bad input gets one line, exit code 2, and leaves nothing behind', () => {
  it.each([
    ['no-such.yaml', /no-such\.yaml: no such file/, /accepted: scenarios/],
    ['none', /none: no scenario in it/, /accepted: scenarios/],
    ['lost.yaml', /^pte-aging: lost\.yaml:11: .*gfn 4 is in no slot/, /accepted: 0/],
    ['good.yaml lost.yaml --json=new.json', /^pte-aging: lost\.yaml:11: /, /accepted/],
    ['two-keys.yaml', /^pte-aging: two-keys\.yaml:9: .*name/, /./],
    ['wrong-op.yaml', /^pte-aging: wrong-op\.yaml:10: .*testYuong/, /accepted: .*testYoung/],
    ['old.yaml', /^pte-aging: old\.yaml:1: .*scenario@9/, /accepted: .*pte-aging\/scenario@1/],
    ['good.yaml --variant=lockles', /--variant.*lockles/, /accepted: .*mmu-lock-6\.12.*lockless-7\.3/],
    ['good.yaml --mutant=unknown', /--mutant.*unknown/, /accepted: .*round-inward/],
    ['good.yaml --mutant=roundsOutwards=false', /--mutant.*roundsOutwards/, /accepted: .*roundsOutward/],
    ['good.yaml --mutant=roundsOutward=maybe', /--mutant.*roundsOutward=maybe/, /accepted: true, false/],
    ['good.yaml --model=tso', /--model.*tso/, /sc/],
    ['good.yaml --max-states=0', /--max-states/, /accepted|1/],
    ['good.yaml --duration=1s', /--duration/, /accepted: --variant, .*--mermaid/],
    ['good.yaml --html page.html', /--html/, /accepted: --html=FILE/],
    ['good.yaml --mermaid', /--mermaid/, /accepted: --mermaid=FILE/],
    ['good.yaml --json=good.yaml', /--json: good\.yaml is an input/, /accepted: another file/],
    ['more --junit=./more/deep/b.yml', /--junit: .*b\.yml is an input/, /accepted: another file/],
    ['good.yaml --html=good.yaml', /--html: good\.yaml is an input/, /accepted: another file/],
    ['good.yaml --mermaid=good.yaml', /--mermaid: good\.yaml is an input/, /accepted: another file/],
    ['good.yaml --html=same --mermaid=./same', /--mermaid: \.\/same is already taken by --html/, /accepted/],
    ['good.yaml --html=no/such/x.html', /--html: .*no\/such/, /accepted: a file that can be written/],
  ])('check %s', (args, place, accepted) =>
    inFolder(async (cwd) => {
      const { code, stdout, stderr } = await runCli(['check', ...args.split(' ')], { cwd });
      expect([stderr, code, stdout]).toEqual([stderr, 2, '']);
      expect(lines(stderr)).toHaveLength(1);
      expect(stderr).toMatch(/^pte-aging: /);
      expect(stderr).toMatch(place);
      expect(stderr).toMatch(accepted);
      for (const name of ['new.json', 'same']) expect(existsSync(join(cwd, name))).toBe(false);
      expect(readFileSync(join(cwd, 'good.yaml'), 'utf8')).toBe(GOOD);
    }),
  );
});

describe.concurrent('pte-aging check exits with', () => {
  it('0 if everything holds, and shows exact counts of outcomes', () =>
    inFolder(async (cwd) => {
      const { code, stdout, stderr } = await runCli(['check', 'good.yaml'], { cwd });
      expect([stdout, code, stderr]).toEqual([stdout, 0, '']);
      expect(stdout).toMatch(/^test-access-clear +mmu-lock-6\.1 +holds +yes +[\d,]+ +[\d,]+ +[\d.]+ +met$/m);
      expect(stdout).toMatch(/^old; young \{0\} +ok +\d+ +1$/m);
      expect(stdout).toContain('HOLDS, complete  test-access-clear under lockless-7.3; as expected');
    }));

  it('0 if a violation is expected and occurs, or what is tolerated is what was expected', () =>
    inFolder(async (cwd) => {
      const { code, results } = await checkJson(cwd, ['tolerates.yaml']);
      expect([code, results[0]?.verdict, results[0]?.expectation]).toEqual([0, 'holds', 'met']);
      expect(results[0]?.violations).toMatchObject([{ class: 'tolerated', reason: 'tlb-hit', page: 0 }]);
    }));

  it('1 if a property is violated, with a counterexample', () =>
    inFolder(async (cwd) => {
      const { code, stdout } = await runCli(['check', 'open.yaml', '--mutant=clear-untested', '--variant=lockless'], {
        cwd,
      });
      expect(code).toBe(1);
      expect(stdout).toContain('access-lost, page 0  test-access-clear under lockless-7.3 + clear-untested');
      expect(stdout).toContain('an access that ended before a covering call began was reported by no call');
      expect(stdout).toMatch(/^1 preemption, \d+ steps\. Minimal \(proven\)/m);
      expect(stdout).toMatch(/^Point of no return: step \d+ of /m);
      expect(stdout).toMatch(/^Replay: pte-aging replay c2:test-access-clear:\S+ --scenario open\.yaml$/m);
      expect(stdout).toContain('VIOLATED  test-access-clear under lockless-7.3 + clear-untested; access-lost');
    }));

  it.each(['unmet.yaml', 'intolerant.yaml'])('1 if an expectation is unmet: %s', (file) =>
    inFolder(async (cwd) => {
      const { code, results } = await checkJson(cwd, [file]);
      expect([code, results[0]?.verdict, results[0]?.expectation]).toEqual([1, 'holds', 'unmet']);
      expect(results[0]?.expected).not.toBeNull();
    }),
  );

  it.each(['open.yaml', 'good.yaml', 'unmet.yaml'])('4, and no verdict, if a budget has ended first: %s', (file) =>
    inFolder(async (cwd) => {
      const { code, results } = await checkJson(cwd, [file, '--max-states=10', '--variant=lockless']);
      expect([code, results[0]?.verdict, results[0]?.complete]).toEqual([4, 'unknown', false]);
      expect(results[0]).toMatchObject({ expectation: 'none', interleavings: null, cut: 'more than 10 states' });
    }),
  );

  it('1, not 4, if a budget has ended and another scenario is violated', () =>
    inFolder(async (cwd) => {
      const args = ['long.yaml', 'open.yaml', '--max-states=3K', '--variant=lockless', '--mutant=clear-untested'];
      const { code, results } = await checkJson(cwd, args);
      expect([code, results.map(({ complete }) => complete)]).toEqual([1, [false, true]]);
    }));
});

describe.concurrent('pte-aging check', () => {
  it("writes one JSON document of the contract's shape to stdout and nothing else there", () =>
    inFolder(async (cwd) => {
      const { code, schema, seed, interrupted, results } = await checkJson(cwd, [
        'open.yaml',
        '--mutant=clear-untested',
        '--variant=lockless',
        '--seed=0x2a',
      ]);
      expect([code, schema, seed, interrupted, results.length]).toEqual([1, 'pte-aging/check@1', '0x2a', false, 1]);
      const [result] = results;
      expect(result).toMatchObject({
        scenario: 'test-access-clear',
        file: 'open.yaml',
        variant: 'lockless-7.3',
        mutant: 'clear-untested',
        model: 'sc',
        verdict: 'violated',
        complete: true,
        deadlocks: 0,
        expectation: 'none',
      });
      expect(result?.interleavings).toMatch(/^\d+$/);
      expect(result?.states).toBeGreaterThan(0);
      expect(result?.transitions).toBeGreaterThan(result?.states as number);
      const total = (result?.outcomes ?? []).reduce((sum, { interleavings }) => sum + BigInt(interleavings ?? 0), 0n);
      expect(String(total)).toBe(result?.interleavings);
      for (const { results: byThread, minPreemptions } of result?.outcomes ?? []) {
        expect(Object.keys(byThread)).toEqual(['mm', 'vcpu0']);
        expect(Object.values(byThread).map((list) => list.length)).toEqual([2, 1]);
        expect(minPreemptions).toBeGreaterThanOrEqual(0);
      }
      const [violation, ...more] = result?.violations ?? [];
      expect(more).toEqual([]);
      expect(violation).toMatchObject({
        property: 'access-lost',
        class: 'forbidden',
        reason: null,
        page: 0,
        preemptions: 1,
        provenMinimal: true,
        replay: expect.stringMatching(/^c2:test-access-clear:/),
      });
      const schedule = violation?.schedule ?? [];
      expect(schedule.filter(({ switched }) => switched === 'preempted')).toHaveLength(1);
      for (const step of schedule) {
        expect(['mm', 'vcpu0']).toContain(step.thread);
        expect(step.operation).toMatch(/^(?:clearYoung|testYoung) 0\.\.1$|^read 0$/);
        if (step.op === 'note') expect([step.before, step.after, step.note]).toEqual([null, null, step.note]);
        else expect([typeof step.before?.value, typeof step.after?.text]).toEqual(['number', 'string']);
      }
      const lost = schedule.find(({ op }) => op === 'clearBits');
      expect([lost?.word, lost?.before?.text, lost?.after?.text]).toEqual([
        'spte[gfn 0]',
        '1:PWADM version 0',
        '1:PWaDM version 0',
      ]);
      // The nearest passing schedule has the beginning in common, up to the point of no return.
      const point = violation?.pointOfNoReturn ?? -1;
      expect(violation?.passing?.slice(0, point)).toEqual(schedule.slice(0, point));
      expect(violation?.passing?.[point]).not.toEqual(schedule[point]);
    }));

  it('does not depend on the seed', () =>
    inFolder(async (cwd) => {
      const [one, other] = await Promise.all(
        ['1', '2'].map((seed) => checkJson(cwd, ['open.yaml', '--mutant=clear-untested', `--seed=${seed}`])),
      );
      const timeless = (result: CheckResult | undefined) => result?.results.map((each) => ({ ...each, seconds: 0 }));
      expect(timeless(one)).toEqual(timeless(other));
      expect([one?.seed, other?.seed]).toEqual(['1', '2']);
    }));

  it('looks into directories, and takes each file once', () =>
    inFolder(async (cwd) => {
      const { code, results } = await checkJson(cwd, ['more', 'more/a.yaml', 'good.yaml', '--variant=lockless']);
      expect(code).toBe(0);
      expect(results.map(({ file }) => file)).toEqual(['more/a.yaml', 'more/deep/b.yml', 'good.yaml']);
    }));

  it('explores under the variants asked for; else those that the file names or expects of; else the released kernels', () =>
    inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'named.yaml'), OPEN.replace('memslots:', 'variant: mmu-lock-6.12\nmemslots:'));
      const variantsOf = async (...args: string[]) =>
        (await checkJson(cwd, args)).results.map(({ variant }) => variant);
      expect(await variantsOf('named.yaml')).toEqual(['mmu-lock-6.12']);
      expect(await variantsOf('named.yaml', '--variant=mmu-lock,lockless')).toEqual(['mmu-lock-6.1', 'lockless-7.3']);
      expect((await variantsOf('good.yaml')).sort()).toEqual(['lockless-7.3', 'mmu-lock-6.1']);
      expect(await variantsOf('open.yaml')).toEqual(['mmu-lock-6.1', 'mmu-lock-6.12', 'lockless-7.3']);
    }));

  it('expects nothing of a mutant', () =>
    inFolder(async (cwd) => {
      const { code, results } = await checkJson(cwd, ['unmet.yaml', '--mutant=roundsOutward=false']);
      expect([code, results[0]?.expectation, results[0]?.mutant]).toEqual([0, 'none', 'roundsOutward=false']);
    }));

  it('writes JSON, JUnit, a page and diagrams to files', () =>
    inFolder(async (cwd) => {
      const outputs = ['--json=r.json', '--junit=r.xml', '--html=r.html', '--mermaid=r.md'];
      const args = ['check', 'good.yaml', '--mutant=clear-untested', '--variant=lockless', ...outputs];
      const { code, stdout } = await runCli(args, { cwd });
      expect([code, stdout]).toEqual([1, expect.stringContaining('VIOLATED')]);
      const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');
      expect((JSON.parse(read('r.json')) as CheckResult).results[0]?.verdict).toBe('violated');
      expect(read('r.xml')).toMatch(/<testsuites[\s\S]*<failure/);
      expect(read('r.html')).toMatch(/^<!doctype html>/i);
      expect(read('r.html')).not.toMatch(/(?:src|href)="https?:/);
      expect(read('r.md')).toContain('sequenceDiagram');
    }));

  it('says only verdicts with --quiet, and no escape sequences', () =>
    inFolder(async (cwd) => {
      const { code, stdout, stderr } = await runCli(['check', 'good.yaml', '--quiet'], { cwd });
      expect([code, stderr]).toEqual([0, '']);
      expect(lines(stdout).filter((line) => line !== '' && !line.startsWith('HOLDS'))).toEqual(['seed 1']);
      expect(stdout).not.toContain('\u001b');
    }));
});

// Not beside others: by the time of the signal, the first scenario must be done.
describe('pte-aging check, interrupted, exits with', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('that of %s, %i; partial results are kept and say so', (signal, expected) =>
    inFolder(async (cwd) => {
      const args = ['check', 'good.yaml', 'long.yaml', '--json=result.json', '--junit=result.xml'];
      const { code, stdout } = await runCli(args, { cwd, signal, signalAfterMs: 5000 });
      expect([code, stdout]).toEqual([expected, stdout]);
      expect(stdout).toContain('interrupted: some scenarios were not explored');
      const { interrupted, results } = JSON.parse(readFileSync(join(cwd, 'result.json'), 'utf8')) as CheckResult;
      expect(interrupted).toBe(true);
      expect(results.slice(0, 2)).toMatchObject([{ verdict: 'holds' }, { verdict: 'holds' }]);
      expect(results.at(-1)).toMatchObject({ scenario: 'long', verdict: 'unknown', complete: false });
      expect(readFileSync(join(cwd, 'result.xml'), 'utf8')).toContain('<testsuites');
    }),
  );
});

describe('pte-aging list scenarios', () => {
  it('has a line for each shipped scenario, and the same names as JSON', async () => {
    const [text, json] = await Promise.all([runCli(['list', 'scenarios']), runCli(['list', 'scenarios', '--json'])]);
    expect([text.code, text.stderr, json.code, json.stderr]).toEqual([0, '', 0, '']);
    const [head, ...rows] = lines(text.stdout);
    expect(head).toMatch(/^name +description$/);
    const document = JSON.parse(json.stdout) as { schema: string; scenarios: { name: string; description: string }[] };
    expect(document.schema).toBe('pte-aging/list@1');
    const names = document.scenarios.map(({ name }) => name);
    expect(rows.map((row) => row.split(' ')[0])).toEqual(names);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(0);
    for (const { description } of document.scenarios) expect(description).not.toBe('');
  });
});
