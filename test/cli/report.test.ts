import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lines, runCli, SHORT, withFolder } from '../support/cli/run-cli.ts';
import { sampleSaved } from '../support/report/sample-saved.ts';

/** Results of each kind, and files that are none. */
function fill(folder: string): void {
  for (const { kind, result } of sampleSaved) writeFileSync(join(folder, `${kind}.json`), JSON.stringify(result));
  mkdirSync(join(folder, 'folder'));
  symlinkSync('check.json', join(folder, 'link.json'));
  writeFileSync(join(folder, 'letter'), 'Dear reader,\nthis is a letter.\n');
  writeFileSync(join(folder, 'cut.json'), '{\n  "schema": "pte-aging/stress@1",\n');
  writeFileSync(join(folder, 'other.json'), '{"schema": "pte-aging/rule-coverage@1"}');
  writeFileSync(join(folder, 'later.json'), '{"schema": "pte-aging/stress@2"}');
  writeFileSync(join(folder, 'wrong.json'), '{"schema": "pte-aging/check@1", "seed": 1}');
}

const SCHEMAS = /accepted: pte-aging\/stress@1, pte-aging\/bench@1, pte-aging\/check@1, pte-aging\/conform@1/;

const wrong: readonly (readonly [args: string, place: RegExp, accepted: RegExp])[] = [
  ['', /argument/, /./],
  ['check.json --frobnicate', /--frobnicate/, /accepted: --html, .*--help/],
  ['nowhere.json', /nowhere\.json: no such file/, SCHEMAS],
  ['folder', /folder: is a directory/, /accepted: files with saved results/],
  ['letter', /letter:1:1: not JSON/, SCHEMAS],
  ['cut.json', /cut\.json:3:1: not JSON/, SCHEMAS],
  ['other.json', /other\.json: "schema" is "pte-aging\/rule-coverage@1"/, SCHEMAS],
  ['later.json', /later\.json: "schema" is "pte-aging\/stress@2"/, SCHEMAS],
  ['wrong.json', /wrong\.json: "seed" is 1/, /accepted: text/],
  ['check.json letter --html=page.html', /letter/, SCHEMAS],
  ['check.json --html page.html', /--html/, /accepted: --html=FILE/],
  ['check.json --hdr curves', /--hdr/, /accepted: --hdr=DIR/],
  ['check.json --html=', /--html/, /--html=FILE/],
  ['check.json --html=folder', /--html: folder is a directory/, /accepted: a file that can be written/],
  ['check.json --html=./check.json', /--html: \.\/check\.json is an input/, /accepted: another file/],
  ['check.json --markdown=link.json', /--markdown: link\.json is an input/, /accepted: another file/],
  ['check.json --html=same --markdown=./same', /--markdown: \.\/same/, /accepted: another file/],
  ['check.json --hdr=letter', /--hdr: letter is no directory/, /accepted: a directory/],
  ['check.json --hdr=', /--hdr/, /--hdr=DIR/],
  ['check.json --hdr=curves', /--hdr: no latency curves/, /accepted: results of stress or bench/],
  [
    'check.json stress.json --trace-events=t.json --html=p.html',
    /--trace-events: no timelines/,
    /accepted: results of bench/,
  ],
];

describe.concurrent('pte-aging report', () => {
  it.each(wrong)('%s: one line, exit code 2, and nothing is left behind', (args, place, accepted) =>
    withFolder(async (cwd) => {
      fill(cwd);
      const before = readdirSync(cwd);
      const { code, stdout, stderr } = await runCli(['report', ...args.split(' ').filter((arg) => arg !== '')], {
        cwd,
      });
      expect([stderr, code, stdout]).toEqual([stderr, 2, '']);
      expect(lines(stderr)).toHaveLength(1);
      expect(stderr).toMatch(place);
      expect(stderr).toMatch(accepted);
      expect(readdirSync(cwd)).toEqual(before);
    }),
  );

  it('reads what stress has just written, and prints its tables and charts', () =>
    withFolder(async (cwd) => {
      await runCli([...SHORT, '--json=new.json', '--quiet'], { cwd });
      const { code, stdout, stderr } = await runCli(['report', 'new.json'], { cwd });
      expect([code, stderr]).toEqual([0, '']);
      for (const part of ['== stress (new.json)', 'CLEAN', 'latency (up) by percentile', 'page age, lockless-7.3']) {
        expect(stdout).toContain(part);
      }
    }));

  it('writes everything at once, and says so in a line each', () =>
    withFolder(async (cwd) => {
      fill(cwd);
      const outputs = ['--html=page.html', '--markdown=sum.md', '--hdr=curves', '--trace-events=trace.json'];
      const args = ['report', 'bench.json', 'stress.json', 'check.json', ...outputs];
      const { code, stdout, stderr } = await runCli(args, { cwd });
      expect([code, stderr]).toEqual([0, '']);
      expect(lines(stdout).map((line) => line.slice(0, line.indexOf(':')))).toEqual([
        'curves',
        'trace.json',
        'sum.md',
        'page.html',
      ]);
      expect(readFileSync(join(cwd, 'page.html'), 'utf8')).toContain('<h1>pte-aging report</h1>');
      expect(readFileSync(join(cwd, 'sum.md'), 'utf8')).toContain('# pte-aging');
      expect(JSON.parse(readFileSync(join(cwd, 'trace.json'), 'utf8'))).toHaveProperty('traceEvents');
      expect(readdirSync(join(cwd, 'curves'))).toContain('stress_mmu-lock-6.1_access.hgrm');

      const again = await runCli([...args, '--quiet'], { cwd });
      expect(again).toEqual({ code: 0, stdout: '', stderr: '' });
    }));

  it('--annotations prints commands of a workflow and nothing else', () =>
    withFolder(async (cwd) => {
      fill(cwd);
      const { code, stdout } = await runCli(['report', 'conform.json', 'stress.json', '--annotations'], { cwd });
      expect(code).toBe(0);
      expect(lines(stdout)).toHaveLength(2);
      for (const line of lines(stdout)) expect(line).toMatch(/^::error (file=[^:]*,)?title=[^:]*::/);
    }));

  it('--help names its options, examples and exit codes', async () => {
    const { code, stdout, stderr } = await runCli(['report', '--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const option of ['html', 'markdown', 'annotations', 'hdr', 'trace-events', 'quiet', 'no-color']) {
      expect(stdout).toContain(`--${option}`);
    }
    expect(stdout).toContain('Examples:');
    expect(stdout).toMatch(/^Exit codes: 0 .* 2 /m);
  });
});
