import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ConformResult, RuleCoverageResult } from '../../src/run/conform-result.ts';
import { lines, runCli, withFolder } from '../support/cli/run-cli.ts';
import { kernelTraceText } from '../support/kernel-trace.ts';

const GFN = 4096;
const span = { startGfn: GFN, endGfn: GFN + 2 };

/** What every kernel answers: a fault makes a page young, and a clear makes it old. */
const AGREEING = [
  { op: 'hostPopulate', hvaPages: 16 },
  { op: 'access', vcpu: 0, gfn: GFN, write: true, spte: ['-', '1:PWADM'], stats: { pf_taken: 1, pf_fixed: 1 } },
  { op: 'testYoung', ...span, young: [GFN] },
  { op: 'clearYoung', how: 'range', ...span, ret: true, young: [GFN] },
  { op: 'testYoung', ...span, young: [] },
  { op: 'sptes', ...span, map: { [GFN]: '1:PWaDM' } },
];

/** A page that nobody touched is no kernel's young page. */
const DISAGREEING = [...AGREEING.slice(0, 2), { op: 'testYoung', ...span, young: [GFN, GFN + 1] }];

/** The last of its bytes belongs to a page that only rounding outward reaches. */
const ROUNDING = [
  ...AGREEING.slice(0, 2),
  { op: 'clearYoungHva', hvaStart: 0, hvaEnd: 1, ret: true, young: [GFN] },
  { op: 'testYoung', ...span, young: [] },
];

function fill(folder: string): void {
  mkdirSync(join(folder, 'traces/deep'), { recursive: true });
  mkdirSync(join(folder, 'empty-folder'));
  const agreeing = kernelTraceText(AGREEING);
  writeFileSync(join(folder, 'traces/a.jsonl'), agreeing);
  writeFileSync(join(folder, 'traces/deep/b.jsonl.gz'), gzipSync(kernelTraceText(ROUNDING)));
  writeFileSync(join(folder, 'wrong.jsonl'), kernelTraceText(DISAGREEING));
  writeFileSync(join(folder, 'old.jsonl'), kernelTraceText(AGREEING, { kernel: '5.10.0-amd64' }));
  writeFileSync(join(folder, 'empty.jsonl'), '');
  writeFileSync(join(folder, 'cut.jsonl'), agreeing.slice(0, -10));
  writeFileSync(join(folder, 'cut.jsonl.gz'), gzipSync(agreeing).subarray(0, -20));
  copyFileSync(join(folder, 'cut.jsonl'), join(folder, 'traces/deep/cut.other'));
}

function contents(folder: string): Map<string, string> {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => !entry.isDirectory());
  return new Map(
    files.map(({ name, parentPath }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'base64')]),
  );
}

function inFolder(use: (cwd: string) => Promise<void>): Promise<void> {
  return withFolder((cwd) => {
    fill(cwd);
    return use(cwd);
  });
}

describe.concurrent('pte-aging conform: bad input gets one line, exit code 2, and leaves nothing behind', () => {
  it.each([
    ['', /path/, /./],
    ['no-such-file', /no-such-file: no such file/, /accepted: kernel traces/],
    ['empty-folder', /empty-folder: no trace in it/, /accepted: kernel traces/],
    ['empty.jsonl', /empty\.jsonl:1: nothing there/, /accepted: a kernel trace/],
    ['cut.jsonl', /cut\.jsonl:7: no JSON, or cut off/, /accepted: a kernel trace/],
    ['cut.jsonl.gz', /cut\.jsonl\.gz: the gzip data is cut off/, /accepted: kernel traces/],
    ['traces cut.jsonl --json=new.json', /cut\.jsonl:7/, /accepted/],
    ['old.jsonl', /old\.jsonl:1: kernel 5\.10\.0-amd64/, /accepted: kernels 6\.1, 6\.12 and 7\.3/],
    ['traces --variant=lockles', /--variant.*lockles/, /accepted: .*mmu-lock-6\.12.*lockless-7\.3/],
    ['traces --mutant=unknown', /--mutant.*unknown/, /accepted: .*round-inward/],
    ['traces --seed=1', /--seed/, /accepted: --variant, .*--coverage/],
    ['traces --json=', /--json/, /--json=FILE/],
    ['traces --coverage rules.json', /--coverage/, /accepted: --coverage=FILE/],
    ['traces --json=no/such/folder/x.json', /--json: .*no\/such\/folder/, /accepted: a file that can be written/],
    ['traces --json=traces/a.jsonl', /--json: traces\/a\.jsonl is an input/, /accepted: another file/],
    ['traces --junit=./traces/deep/b.jsonl.gz', /--junit: .*b\.jsonl\.gz is an input/, /accepted: another file/],
    ['wrong.jsonl --coverage=wrong.jsonl', /--coverage: wrong\.jsonl is an input/, /accepted: another file/],
    [
      'traces --json=same --coverage=./same',
      /--coverage: \.\/same is already taken by --json/,
      /accepted: another file/,
    ],
  ])('conform %s', (args, place, accepted) =>
    inFolder(async (cwd) => {
      const before = contents(cwd);
      const words = ['conform', ...args.split(' ').filter((word) => word !== '')];
      const { code, stdout, stderr } = await runCli(words, { cwd });
      expect([stderr, code, stdout]).toEqual([stderr, 2, '']);
      expect(lines(stderr)).toHaveLength(1);
      expect(stderr).toMatch(/^pte-aging: /);
      expect(stderr).toMatch(place);
      expect(stderr).toMatch(accepted);
      expect(contents(cwd)).toEqual(before);
    }),
  );
});

describe.concurrent('pte-aging conform', () => {
  it('exits with 0 if every field of every trace agrees', () =>
    inFolder(async (cwd) => {
      const { code, stdout, stderr } = await runCli(['conform', 'traces'], { cwd });
      expect([stdout, code, stderr]).toEqual([stdout, 0, '']);
      expect(stdout).toMatch(/^7\.3 tdp +lockless-7\.3 +2 +0 /m);
      expect(lines(stdout).at(-1)).toMatch(/^AGREES {2}2 of 2 replays, \d+ fields compared$/);
    }));

  it('exits with 1 if a trace disagrees, and tells where and how', () =>
    inFolder(async (cwd) => {
      const { code, stdout } = await runCli(['conform', 'traces/a.jsonl', 'wrong.jsonl', '--quiet'], { cwd });
      expect(code).toBe(1);
      expect(stdout).toContain('wrong.jsonl:4: disagreement 1 of 1 with lockless-7.3');
      expect(stdout).toContain('    access vcpu0 write gfn 4096: - -> 1:PWADM, pf_taken 1, pf_fixed 1\n  > testYoung');
      expect(stdout).toContain('young: kernel says {4096..4098}, model says {4096} (only the kernel: {4097})');
      expect(lines(stdout).at(-1)).toMatch(/^DISAGREES {2}1 of 2 replays/);
    }));

  it("writes one JSON document of the contract's shape to stdout and nothing else there", () =>
    inFolder(async (cwd) => {
      const { code, stdout, stderr } = await runCli(['conform', 'traces', 'wrong.jsonl', '--json'], { cwd });
      expect([code, stderr]).toEqual([1, '']);
      const { schema, interrupted, traces, rules } = JSON.parse(stdout) as ConformResult;
      expect([schema, interrupted]).toEqual(['pte-aging/conform@1', false]);
      expect(traces.map(({ file }) => file)).toEqual(['traces/a.jsonl', 'traces/deep/b.jsonl.gz', 'wrong.jsonl']);
      for (const { compared, agreements, disagreements, skipped } of traces) {
        expect(compared).toBe(agreements + disagreements.length);
        expect(skipped).toEqual([]);
      }
      expect(traces[2]).toMatchObject({
        variant: 'lockless-7.3',
        operations: 3,
        disagreements: [
          { line: 4, op: 'testYoung', field: 'young', kernel: [[GFN, GFN + 2]], model: [[GFN, GFN + 1]] },
        ],
      });
      expect(rules.map(({ variant }) => variant)).toEqual(['lockless-7.3']);
    }));

  it('replays each trace through the variants that it is given, whatever its kernel', () =>
    inFolder(async (cwd) => {
      const { code, stdout } = await runCli(
        ['conform', 'old.jsonl', '--json', '--variant=mmu-lock-6.1,lockless,mmu-lock-6.12'],
        { cwd },
      );
      expect(code).toBe(0);
      expect((JSON.parse(stdout) as ConformResult).traces.map(({ variant }) => variant)).toEqual([
        'mmu-lock-6.1',
        'lockless-7.3',
        'mmu-lock-6.12',
      ]);
    }));

  it('shows that the traces tell a mutant', () =>
    inFolder(async (cwd) => {
      const { code, stdout } = await runCli(['conform', 'traces', '--mutant=round-inward'], { cwd });
      expect(code).toBe(1);
      expect(stdout).toContain('b.jsonl.gz:4: disagreement 1 of ');
      expect(stdout).toContain('lockless-7.3 + round-inward');
    }));

  it('writes JSON, JUnit and the coverage of rules to files', () =>
    inFolder(async (cwd) => {
      const outputs = ['--json=result.json', '--junit=result.xml', '--coverage=rules.json'];
      const { code, stdout } = await runCli(['conform', 'traces', ...outputs], { cwd });
      expect([code, stdout]).toEqual([0, expect.stringContaining('AGREES')]);
      const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');
      const { rules } = JSON.parse(read('result.json')) as ConformResult;
      const coverage = JSON.parse(read('rules.json')) as RuleCoverageResult;
      expect(coverage).toEqual({ schema: 'pte-aging/rule-coverage@1', interrupted: false, rules });
      const asked = (name: string) => rules[0]?.rules.find(({ rule }) => rule === name);
      expect(asked('roundsOutward')).toMatchObject({ value: true, traces: 2 });
      expect(asked('loggingProtects')).toMatchObject({ operations: 0, traces: 0 });
      expect(read('result.xml')).toContain('name="traces/deep/b.jsonl.gz"');
    }));
});
