import { randomInt } from 'node:crypto';
import { Command, Option } from '@commander-js/extra-typings';
import { raceText } from '../report/race-text.ts';
import { stressJunit } from '../report/stress-junit.ts';
import { stressText } from '../report/stress-text.ts';
import { raceScenarioFile } from '../run/race-run.ts';
import type { StressResult } from '../run/stress-result.ts';
import { type StressOptions, stress } from '../run/stress-run.ts';
import { readProgramTrace } from '../scenario/program-trace.ts';
import { InputError } from '../shared/input-error.ts';
import { DEFAULT_PAGES } from '../stress/complete-config.ts';
import { workloadNames } from '../stress/stress-config.ts';
import { MAX_SLOTS, MAX_VCPUS } from '../stress/stress-limits.ts';
import { mutants } from '../variants/mutants.ts';
import { findVariant, variantNames } from '../variants/variants.ts';
import { MAX_PAGES_PER_EPOCH } from '../verify/aging-recorder.ts';
import { ExitCode } from './exit-code.ts';
import { Interrupt } from './interrupt.ts';
import { mutantOrRule } from './mutant-option.ts';
import { count, duration, listOf, numberIn, oneOf, seed, tlbEntries } from './option-values.ts';
import { checkOutputFiles, STDOUT } from './output-file.ts';
import { paint } from './paint.ts';
import { StressProgress } from './progress.ts';
import { withoutUndefined } from './without-undefined.ts';
import { jsonText, writeOutputs } from './write-outputs.ts';

const EXAMPLES = `
Examples:
  $ pte-aging stress                                     both variants, 5 s each
  $ pte-aging stress --workload populate --vcpus 4       fault fresh memory in while aging runs
  $ pte-aging stress --mutant clear-untested             see a broken rule caught
  $ pte-aging stress --scenario race.yaml --repeat 100K  a scenario on real threads, beside the explorer
  $ valgrind --tool=lackey --trace-mem=yes ls 2>&1 >/dev/null | pte-aging stress --trace=-

Exit codes: 0 clean, 1 violated, 2 bad usage or input, 3 the harness failed, 130 or 143 interrupted.`;

export function stressCommand(setExitCode: (code: number) => void) {
  return new Command('stress')
    .description(
      'vCPUs access and an aging worker harvests, on real threads, variant after variant; judged by an oracle',
    )
    .option(
      '--variant <names>',
      `${variantNames().join(', ')} (default: mmu-lock and lockless; with --mutant those on which it shows)`,
      listOf(variantNames(), findVariant),
    )
    .option(
      '--mutant <name>',
      `break one rule, and run until it is caught: rule=value, or ${mutants.map((mutant) => mutant.name).join(', ')}`,
      mutantOrRule,
    )
    .option('--vcpus <n>', 'vCPU threads (default: cores)', count(1, MAX_VCPUS))
    .option(
      '--pages <n>',
      `host pages of guest memory (default: ${DEFAULT_PAGES}; a trace: its own)`,
      count(1, 2 ** 23),
    )
    .option('--slots <n>', 'memslots that they are split over (default: 3)', count(1, MAX_SLOTS))
    .option(
      '--duration <t>',
      'for each variant (default: 5s, with --mutant 20s; a trace always runs to its end)',
      duration,
    )
    .option('--passes <n>', 'stop after so many whole aging passes', count(1, 2 ** 30))
    .option('--stop-at-violation', 'end a run when the first violation is seen (default with --mutant)')
    .option('--workload <name>', `${workloadNames.join(', ')} (default: zipf)`, oneOf(workloadNames))
    .option(
      '--trace <file>',
      'accesses of a real program, as valgrind --tool=lackey --trace-mem=yes prints them; - = stdin',
    )
    .option('--writes <fraction>', 'fraction of accesses that write (default: 0.3)', numberIn(0, 1))
    .option('--tlb <entries>', "entries of each vCPU's TLB, a power of two; 0 = none (default: 64)", tlbEntries)
    .option('--invalidate <rate>', 'invalidations a second, of up to 64 pages each (default: 1000)', numberIn(0, 1e6))
    .option(
      '--zap-all <rate>',
      'invalidations of all roots a second (default: 10; fewer beyond 6.5K pages)',
      numberIn(0, 1e4),
    )
    .option('--scenario <file>', 'a scenario file on real threads, beside all outcomes that the explorer knows')
    .option('--repeat <n>', 'rounds of the scenario (default: 10K)', count(1, 2 ** 24))
    .option('--batch <pages>', 'pages that an aging call covers (default: 64)', count(1, MAX_PAGES_PER_EPOCH))
    .option('--seed <n>', 'decimal, 0x hex, or a commit id (default: random, printed)', seed)
    .option('--json [=file]', 'the result as JSON, on stdout or in a file')
    .option('--junit <=file>', 'the result as JUnit XML')
    .option('--quiet', 'only verdicts and findings, no progress')
    .option('--no-color', 'plain text')
    .addOption(
      new Option('--sabotage <worker:how>', 'test the harness: vcpu0:die, aging:hang …').argParser(sabotage).hideHelp(),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (options) => {
      setExitCode(await runStressCommand(options));
    });
}

type CommandOptions = ReturnType<ReturnType<typeof stressCommand>['opts']>;

async function runStressCommand(options: CommandOptions): Promise<number> {
  if (options.scenario !== undefined) return await runRace(options.scenario, options);
  if (options.repeat !== undefined) throw new InputError('--repeat: accepted: together with --scenario FILE');
  const inputs = options.trace === undefined || options.trace === '-' ? [] : [options.trace];
  const json = options.json === true ? STDOUT : options.json;
  checkOutputFiles(
    [
      ['--json', json],
      ['--junit', options.junit],
    ],
    inputs,
  );

  const stressOptions = await toStressOptions(options);
  const say = (text: string): void => {
    if (json !== STDOUT) process.stdout.write(text);
    else if (!options.quiet) process.stderr.write(text);
  };
  const interrupt = new Interrupt();
  const progress = new StressProgress();
  const result = await stress({
    ...stressOptions,
    signal: interrupt.signal,
    onStart: () => say(`pte-aging stress, seed ${stressOptions.config.seed}\n\n`),
    onProgress: (update) => {
      if (!options.quiet) progress.update(update);
    },
  });
  progress.stop();

  const text = () => stressText(result, { quiet: options.quiet === true, paint: paint(options.color) });
  process.stdout.write(json === STDOUT ? jsonText(result) : text());
  writeOutputs([
    ['--json', json, () => jsonText(result)],
    ['--junit', options.junit, () => stressJunit(result)],
  ]);
  return interrupt.exitCode ?? exitCodeOf(result);
}

const DEFAULT_ROUNDS = 10 * 2 ** 10;

/** The scenario decides what runs: of the other options only those about variants, output and seed apply. */
const RACE_OPTIONS = ['scenario', 'repeat', 'variant', 'mutant', 'seed', 'json', 'quiet', 'color'];

async function runRace(file: string, options: CommandOptions): Promise<number> {
  const unfit = Object.keys(options).find((name) => !RACE_OPTIONS.includes(name));
  if (unfit !== undefined) {
    const flag = unfit.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const accepted = '--repeat, --variant, --mutant, --seed, --json, --quiet, --no-color';
    throw new InputError(`--${flag}: not together with --scenario; accepted: ${accepted}`);
  }
  const json = options.json === true ? STDOUT : options.json;
  checkOutputFiles([['--json', json]], [file]);
  const interrupt = new Interrupt();
  const document = await raceScenarioFile({
    file,
    repeat: options.repeat ?? DEFAULT_ROUNDS,
    seed: options.seed ?? String(randomInt(2 ** 47)),
    signal: interrupt.signal,
    ...withoutUndefined({ variants: options.variant?.map(({ name }) => name), mutant: options.mutant }),
  });
  process.stdout.write(json === STDOUT ? jsonText(document) : raceText(document));
  writeOutputs([['--json', json, () => jsonText(document)]]);
  const violated = document.variants.some(({ verdict }) => verdict === 'violated');
  return interrupt.exitCode ?? (violated ? ExitCode.violated : ExitCode.clean);
}

async function toStressOptions(options: CommandOptions): Promise<StressOptions> {
  if (options.trace !== undefined && options.workload !== undefined) {
    throw new InputError('--trace: not together with --workload; accepted: one of them');
  }
  const trace = options.trace === undefined ? undefined : await readProgramTrace(options.trace);
  const settings = {
    mutant: options.mutant,
    vcpus: options.vcpus,
    pages: options.pages,
    slots: options.slots,
    workload: options.workload,
    writes: options.writes,
    tlbEntries: options.tlb,
    invalidateRate: options.invalidate,
    zapAllRate: options.zapAll,
    batch: options.batch,
    passes: options.passes,
    stopAtViolation: options.stopAtViolation,
  };
  return {
    config: { seed: options.seed ?? String(randomInt(2 ** 47)), ...withoutUndefined(settings) },
    ...withoutUndefined({
      variants: options.variant?.map((variant) => variant.name),
      durationMs: options.duration,
      trace,
      sabotage: options.sabotage,
    }),
  };
}

function exitCodeOf(result: StressResult): number {
  const verdicts = result.variants.map((variant) => variant.verdict);
  if (verdicts.includes('harness-failure')) return ExitCode.harnessFailed;
  return verdicts.includes('violated') ? ExitCode.violated : ExitCode.clean;
}

function sabotage(text: string): { worker: string; how: 'die' | 'hang' } {
  const [worker = '', how = ''] = text.split(':');
  return { worker, how: oneOf(['die', 'hang'] as const)(how) };
}
