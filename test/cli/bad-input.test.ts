import { copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lines, runCli, SHIPPED_TRACE, withFolder } from '../support/cli/run-cli.ts';

/** Each with what its one line must name: the place, and what would have been accepted. */
const usage: readonly (readonly [args: string, place: RegExp, accepted: RegExp])[] = [
  ['strees', /'strees'/, /accepted: stress, check, explore, bench, conform, reclaim, replay, report, list/],
  ['list nothing', /'nothing'/, /variants, mutants, scenarios, properties/],
  ['stress --frobnicate', /--frobnicate/, /accepted: --variant, .*--pages.*--help/],
  ['explore', /module/, /./],
  ['explore nowhere.mjs', /nowhere\.mjs/, /accepted: a JavaScript module/],
  ['explore not-a-trace', /not-a-trace/, /cannot be loaded/],
  ['explore --time=5 x.mjs', /--time/, /accepted: .*500ms, 10s, 2m/],
  ['stress something', /argument/, /./],
  ['stress --variant=lockles', /--variant.*lockles/, /accepted: .*mmu-lock-6\.1.*lockless-7\.3/],
  ['stress --variant=lockless,', /--variant/, /accepted: .*lockless-7\.3/],
  ['stress --variant=', /--variant/, /accepted: .*lockless-7\.3/],
  ['stress --mutant=unknown', /--mutant.*unknown/, /accepted: .*no-flush.*first-slot-only/],
  ['stress --workload=fast', /--workload.*fast/, /accepted: uniform, zipf, sequential, populate, pulse/],
  ['stress --pages 0', /--pages.*0/, /accepted: whole numbers 1 …/],
  ['stress --pages=4k', /--pages.*4k/, /accepted: .*K or M/],
  ['stress --pages=8M', /--pages/, /8191/],
  ['stress --pages=9M', /--pages.*9M/, /accepted: whole numbers 1 … 8388608/],
  ['stress --pages=3 --slots=5', /--slots/, /accepted: 1 … 3/],
  ['stress --vcpus=0', /--vcpus.*0/, /accepted: whole numbers 1 … 64/],
  ['stress --vcpus=65', /--vcpus.*65/, /accepted: whole numbers 1 … 64/],
  ['stress --batch=257', /--batch.*257/, /accepted: whole numbers 1 … 256/],
  ['stress --passes=0', /--passes/, /accepted: whole numbers 1 …/],
  ['stress --tlb=3', /--tlb.*3/, /accepted: 0, 1, 2, 4/],
  ['stress --writes=1.1', /--writes.*1\.1/, /accepted: numbers 0 … 1/],
  ['stress --writes=', /--writes/, /accepted: numbers 0 … 1/],
  ['stress --invalidate=-1', /--invalidate.*-1/, /accepted: numbers 0 …/],
  ['stress --zap-all=often', /--zap-all.*often/, /accepted: numbers 0 …/],
  ['stress --seed=abc', /--seed.*abc/, /accepted: a decimal number/],
  ...['5', '5h', '-1s', '0s', '1e3ms', '', '1441m'].map(
    (text) => [`stress --duration=${text}`, /--duration/, /accepted: .*500ms, 10s, 2m/] as const,
  ),
  ['stress --duration', /--duration/, /./],
  ['stress --junit result.xml', /--junit/, /accepted: --junit=FILE/],
  ['stress --json=', /--json/, /--json=FILE/],
  ['stress --trace=trace.gz --workload=zipf', /--trace/, /--workload/],
  ['stress --trace=', /--trace|trace/, /expected|accepted/],
  ['stress --trace=trace.gz --pages=2', /--pages/, /accepted: at least as many/],
  ['stress --trace=no-such-file', /no-such-file/, /expected the path of a trace/],
  ['stress --trace=folder', /folder/, /expected the path of a trace/],
  ['stress --trace=not-a-trace', /not-a-trace/, /expected what `valgrind/],
  ['stress --trace=empty', /empty/, /expected what `valgrind/],
  ['stress --trace=truncated.gz', /truncated\.gz: .*cut off/, /expected what `valgrind/],
  ['stress --trace=damaged.gz', /damaged\.gz: .*damaged/, /expected what `valgrind/],
  ['stress --trace=-', /standard input/, /expected what `valgrind/],
  ['stress --json=no/such/folder/x.json', /--json: .*no\/such\/folder/, /accepted: a file that can be written/],
  ['stress --junit=folder', /--junit: folder is a directory/, /accepted: a file that can be written/],
  ['stress --json=new.json --junit=no/such/x.xml', /--junit: .*no\/such/, /accepted: a file that can be written/],
  ['stress --json=new.json --pages=8M', /--pages/, /8191/],
  ['bench something', /argument/, /./],
  ['bench --frobnicate', /--frobnicate/, /accepted: --variant, .*--phase.*--help/],
  ['bench --variant=lockles', /--variant.*lockles/, /accepted: .*lockless-7\.3/],
  ['bench --vcpus=1,0', /--vcpus.*0/, /accepted: whole numbers 1 … 64/],
  ['bench --vcpus=', /--vcpus/, /accepted: whole numbers 1 … 64/],
  ['bench --phase=reading', /--phase.*reading/, /accepted: populate, write-populated, read, mark-idle/],
  ['bench --aging=often', /--aging.*often/, /accepted: none, continuous, periodic/],
  ...['3', '3s', '-1us', '2ms', ''].map(
    (text) => [`bench --fault-work=${text}`, /--fault-work/, /accepted: 0 … 1ms, such as 0, 500ns, 3us/] as const,
  ),
  ['bench --tlb=3', /--tlb.*3/, /accepted: 0, 1, 2, 4/],
  ['bench --repeat=0', /--repeat.*0/, /accepted: whole numbers 1 …/],
  ['bench --mutant=unknown', /--mutant.*unknown/, /accepted: .*no-flush/],
  ['bench --vcpus=64 --pages=1M', /--pages/, /accepted here: up to/],
  ['bench --fail-above=10', /--fail-above/, /accepted: with --baseline=FILE/],
  ['bench --force', /--force/, /accepted: with --baseline=FILE/],
  ['bench --baseline=no-such-file', /no-such-file: no such file/, /accepted: .*pte-aging\/bench@1/],
  ['bench --baseline=not-a-trace', /not-a-trace:1:1: not JSON/, /accepted: .*pte-aging/],
  ['bench --baseline=not-a-trace --json=not-a-trace', /--json: not-a-trace is an input/, /accepted: another file/],
  ['bench --period=1s', /--period/, /accepted: with --aging periodic/],
  ['bench --phase=read --invalidate=5', /--invalidate/, /accepted: with phase invalidate/],
  ['bench --junit=-', /--junit: only --json writes to stdout/, /accepted: --junit=FILE/],
  ['stress --junit=-', /--junit: only --json writes to stdout/, /accepted: --junit=FILE/],
  ['bench --baseline=x --fail-above=100', /--fail-above/, /accepted: numbers 0 … 99/],
  ['bench --junit=folder', /--junit: folder is a directory/, /accepted: a file that can be written/],
  ['reclaim something', /argument/, /./],
  ['reclaim --frobnicate', /--frobnicate/, /accepted: --variant, --guest, --mutant, --pages.*--help/],
  ['reclaim --variant=lockles', /--variant.*lockles/, /accepted: .*mmu-lock-6\.1.*lockless-7\.3/],
  ['reclaim --guest=l3', /--guest.*l3/, /accepted: l1, l2, mixed/],
  ['reclaim --guest=l2,mixed --variant=v3-arm64', /guest l2/, /accepted: l1;.*arm64/],
  ['reclaim --mutant=clear', /--mutant.*clear/, /accepted: .*clear-untested/],
  ['reclaim --pages=1', /--pages.*1/, /accepted: whole numbers 2 … 65536/],
  ['reclaim --hot=1.5', /--hot.*1\.5/, /accepted: numbers 0 … 1/],
  ['reclaim --hot=0', /--hot: 0 of 2048/, /accepted: fractions that leave hot and cold pages/],
  ['reclaim --hot-accesses=most', /--hot-accesses.*most/, /accepted: numbers 0 … 1/],
  ['reclaim --limit=0', /--limit.*0/, /accepted: whole numbers 1 …/],
  ['reclaim --pages=100 --limit=101', /--limit: 101/, /accepted: whole numbers 1 … 100/],
  ['reclaim --rounds=0', /--rounds.*0/, /accepted: whole numbers 1 …/],
  ['reclaim --accesses=2M', /--accesses.*2M/, /accepted: whole numbers 1 … 1048576/],
  ['reclaim --writes=', /--writes/, /accepted: numbers 0 … 1/],
  ['reclaim --seed=abc', /--seed.*abc/, /accepted: a decimal number/],
  ['reclaim --json=', /--json/, /--json=FILE/],
  ['reclaim --json=folder', /--json: folder is a directory/, /accepted: a file that can be written/],
  ['stress --trace=trace.gz --json=trace.gz', /--json: trace\.gz is an input/, /accepted: another file/],
  ['stress --trace=trace.gz --json=./trace.gz', /--json: \.\/trace\.gz is an input/, /accepted: another file/],
  ['stress --trace=trace.gz --junit=link.gz', /--junit: link\.gz is an input/, /accepted: another file/],
  ['stress --trace=link.gz --junit=trace.gz', /--junit: trace\.gz is an input/, /accepted: another file/],
  ['stress --trace=trace.gz --json=hard-link.gz', /--json: hard-link\.gz is an input/, /accepted: another file/],
  ['stress --json=same --junit=same', /--junit: same/, /accepted: another file/],
  ['stress --json=same --junit=./same', /--junit: \.\/same/, /accepted: another file/],
];

function fill(folder: string): void {
  const whole = readFileSync(SHIPPED_TRACE);
  copyFileSync(SHIPPED_TRACE, join(folder, 'trace.gz'));
  symlinkSync('trace.gz', join(folder, 'link.gz'));
  linkSync(join(folder, 'trace.gz'), join(folder, 'hard-link.gz'));
  mkdirSync(join(folder, 'folder'));
  writeFileSync(join(folder, 'not-a-trace'), 'Dear reader,\nthis is a letter.\n');
  writeFileSync(join(folder, 'empty'), '');
  writeFileSync(join(folder, 'truncated.gz'), whole.subarray(0, whole.length >> 1));
  const damaged = Buffer.from(whole);
  damaged.fill(0xff, damaged.length >> 1, (damaged.length >> 1) + 64);
  writeFileSync(join(folder, 'damaged.gz'), damaged);
}

function contents(folder: string): Map<string, string> {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => !entry.isDirectory());
  return new Map(files.map(({ name, parentPath }) => [name, readFileSync(join(parentPath, name), 'base64')]));
}

describe.concurrent('Bad input gets one line, exit code 2, and leaves nothing behind', () => {
  it.each(usage)('pte-aging %s', (args, place, accepted) =>
    withFolder(async (cwd) => {
      fill(cwd);
      const before = contents(cwd);
      const { code, stdout, stderr } = await runCli(args.split(' '), { cwd });
      expect([stderr, code, stdout]).toEqual([stderr, 2, '']);
      expect(lines(stderr)).toHaveLength(1);
      expect(stderr).toMatch(/^pte-aging: /);
      expect(stderr).toMatch(place);
      expect(stderr).toMatch(accepted);
      expect(contents(cwd)).toEqual(before);
    }),
  );
});
