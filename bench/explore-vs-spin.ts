/**
 * The search beside SPIN's on the reference program: the same graphs, states, transitions and seconds, cold processes.
 * `npx tsx bench/explore-vs-spin.ts` (needs `spin` and `gcc`; without them it prints our side only).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPEATS = 5;
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

interface Row {
  readonly what: string;
  readonly states: number;
  readonly transitions: number;
  /** The search alone. */
  readonly searchSeconds: number;
  /** From the model or source file to the verdict, processes included. */
  readonly totalSeconds: number;
}

function timed(run: () => string): { output: string; seconds: number } {
  const started = process.hrtime.bigint();
  const output = run();
  return { output, seconds: Number(process.hrtime.bigint() - started) / 1e9 };
}

function command(name: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(name, args, { cwd, encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${name} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** The number in front of (or behind) a text of SPIN's output. */
function numberIn(output: string, pattern: RegExp): number {
  return Number(pattern.exec(output)?.[1] ?? Number.NaN);
}

function spin(model: string, what: string, defines: readonly string[]): Row {
  const directory = mkdtempSync(join(tmpdir(), 'explore-vs-spin-'));
  try {
    const { output, seconds } = timed(() => {
      // -o2 keeps variables that are only written: they are the results that threads have learned.
      command('spin', ['-o2', '-a', here(`spin/${model}.pml`)], directory);
      command('gcc', ['-O2', '-DSAFETY', ...defines, '-o', 'pan', 'pan.c'], directory);
      return command('./pan', ['-m10000', '-w24'], directory);
    });
    return {
      what,
      states: numberIn(output, /(\d+) states, stored/),
      // SPIN counts the step into the initial state.
      transitions: numberIn(output, /(\d+) transitions/) - 1,
      searchSeconds: numberIn(output, /elapsed time ([\d.]+) seconds/),
      totalSeconds: seconds,
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function ours(model: string, what: string, mode: string): Row {
  const { output, seconds } = timed(() =>
    command(process.execPath, ['--import', 'tsx', here('./explore-reference.ts'), model, mode], here('..')),
  );
  const { states, transitions, searchSeconds } = JSON.parse(output) as Omit<Row, 'what' | 'totalSeconds'>;
  return { what, states, transitions, searchSeconds, totalSeconds: seconds };
}

/** The fastest of several runs: what else the machine does can only make a run slower. */
function best(run: () => Row): Row {
  let fastest = run();
  for (let i = 1; i < REPEATS; i++) {
    const again = run();
    if (again.searchSeconds < fastest.searchSeconds) fastest = again;
  }
  return fastest;
}

const hasSpin = spawnSync('spin', ['-V']).error === undefined;
const rows: Row[] = [];
for (const model of ['narrow', 'wide']) {
  if (hasSpin) {
    rows.push(best(() => spin(model, `${model}: SPIN, no reduction`, ['-DNOREDUCE'])));
    rows.push(best(() => spin(model, `${model}: SPIN, partial-order reduction`, [])));
  }
  rows.push(best(() => ours(model, `${model}: search, counts, preemptions`, 'full')));
  rows.push(best(() => ours(model, `${model}: the same, and all outcomes`, 'verdict')));
  rows.push(best(() => ours(model, `${model}: histories merged at the end`, 'merged')));
  rows.push(best(() => ours(model, `${model}: sleep sets (states only)`, 'sleep')));
}
const cell = (text: string, width: number): string => text.padStart(width);
console.log(`best of ${REPEATS}${' '.repeat(31)}states  transitions  search s  total s`);
for (const { what, states, transitions, searchSeconds, totalSeconds } of rows) {
  console.log(
    what.padEnd(36) +
      cell(states.toLocaleString('en'), 12) +
      cell(transitions.toLocaleString('en'), 13) +
      cell(searchSeconds.toFixed(2), 10) +
      cell(totalSeconds.toFixed(2), 9),
  );
}
