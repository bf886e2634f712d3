import { randomInt } from 'node:crypto';
import { Command } from '@commander-js/extra-typings';
import { agingModes, phaseNames } from '../bench/bench-config.ts';
import { DEFAULT_PAGES_PER_VCPU, DEFAULT_REPEAT, MAX_BENCH_VCPUS } from '../bench/complete-bench.ts';
import { benchJunit } from '../report/bench-junit.ts';
import { benchText } from '../report/bench-text.ts';
import { worseRatios } from '../report/worse-ratios.ts';
import { readBaseline } from '../run/bench-baseline.ts';
import type { BenchResult } from '../run/bench-result.ts';
import { bench } from '../run/bench-run.ts';
import { InputError } from '../shared/input-error.ts';
import { findVariant, variantNames } from '../variants/variants.ts';
import { BenchProgressLine } from './bench-progress.ts';
import { ExitCode } from './exit-code.ts';
import { Interrupt } from './interrupt.ts';
import { mutantOrRule } from './mutant-option.ts';
import { count, duration, listOf, numberIn, seed, several, shortTime, tlbEntries } from './option-values.ts';
import { checkOutputFiles, STDOUT } from './output-file.ts';
import { withoutUndefined } from './without-undefined.ts';
import { jsonText, writeOutputs } from './write-outputs.ts';

const EXAMPLES = `
Examples:
  $ pte-aging bench --phase populate                     what does the lock cost while guests fault their memory in?
  $ pte-aging bench --json=bench.json                    everything, some three minutes; then: pte-aging report bench.json --html=bench.html
  $ pte-aging bench --phase populate --batch 64          with the series' bitmap, 64 pages a call
  $ pte-aging bench --phase populate --baseline=bench.json --fail-above 20

Exit codes: 0 measured, 1 a ratio got worse than the baseline's by more than allowed, 2 bad usage or input, 3 the harness failed,
130 or 143 interrupted.`;

export function benchCommand(setExitCode: (code: number) => void) {
  return new Command('bench')
    .description(
      'what vCPUs and aging cost each other: variants x vCPUs x phases x aging, with intervals; on real threads',
    )
    .option(
      '--variant <names>',
      `${variantNames().join(', ')} (default: mmu-lock and lockless; a ratio is an earlier one's time over a later one's)`,
      listOf(variantNames(), findVariant),
    )
    .option(
      '--mutant <name>',
      'break one rule in all of them: a name that `list mutants` shows, or rule=value',
      mutantOrRule,
    )
    .option(
      '--vcpus <n,…>',
      'vCPU threads (default: 1, 2, 4 … and as many as cores)',
      several(count(1, MAX_BENCH_VCPUS)),
    )
    .option(
      '--phase <names>',
      `${phaseNames.join(', ')} (default: all)`,
      listOf(phaseNames, (name) => phaseNames.find((phase) => phase === name)),
    )
    .option(
      '--aging <modes>',
      `${agingModes.join(', ')} (default: none,continuous)`,
      listOf(agingModes, (name) => agingModes.find((mode) => mode === name)),
    )
    .option('--period <t>', 'between the beginnings of two periodic aging passes (default: 10ms)', duration)
    .option(
      '--fault-work <t,…>',
      'what a fault does outside mmu_lock besides the model itself (default: 2.5us, in all about what real ones take, and 0 beside it)',
      several(shortTime),
    )
    .option(
      '--pages <n>',
      `pages of guest memory for each vCPU (default: ${DEFAULT_PAGES_PER_VCPU / 1024}K)`,
      count(64, 2 ** 20),
    )
    .option(
      '--batch <pages>',
      'pages that an aging call covers; more than 1: through a bitmap (default: 1)',
      count(1, 2 ** 10),
    )
    .option('--tlb <entries>', "entries of each vCPU's TLB, a power of two; 0 = none (default: 64)", tlbEntries)
    .option('--invalidate <rate>', 'invalidations a second in phase invalidate (default: 1000)', numberIn(0, 1e5))
    .option('--duration <t>', 'of each measured run; as long again for preparations (default: 200ms)', duration)
    .option('--repeat <n>', `repeats, each in fresh threads (default: ${DEFAULT_REPEAT})`, count(1, 1000))
    .option('--baseline <file>', 'a result of bench --json=FILE: compare the ratios with its own')
    .option(
      '--fail-above <percent>',
      'exit code 1 if a ratio got worse by more, and the intervals do not overlap',
      numberIn(0, 99),
    )
    .option('--force', 'compare with a baseline of another machine or configuration, too')
    .option('--seed <n>', 'decimal, 0x hex, or a commit id (default: random, printed)', seed)
    .option('--json [=file]', 'the result as JSON, on stdout or in a file')
    .option('--junit <=file>', 'the result as JUnit XML: one case for each ratio, failed if it got worse')
    .option('--quiet', 'only ratios and warnings, no progress')
    .option('--no-color', 'plain text')
    .addHelpText('after', EXAMPLES)
    .action(async (options) => {
      setExitCode(await runBenchCommand(options));
    });
}

type CommandOptions = ReturnType<ReturnType<typeof benchCommand>['opts']>;

async function runBenchCommand(options: CommandOptions): Promise<number> {
  const json = options.json === true ? STDOUT : options.json;
  const quiet = options.quiet === true;
  const { baseline: file, failAbove, force } = options;
  if (file === undefined && failAbove !== undefined)
    throw new InputError('--fail-above: accepted: with --baseline=FILE');
  if (file === undefined && force === true) throw new InputError('--force: accepted: with --baseline=FILE');
  const { phase, aging } = options;
  if (options.invalidate !== undefined && phase?.includes('invalidate') === false) {
    throw new InputError('--invalidate: accepted: with phase invalidate');
  }
  if (options.period !== undefined && aging?.includes('periodic') !== true) {
    throw new InputError('--period: accepted: with --aging periodic');
  }
  checkOutputFiles(
    [
      ['--json', json],
      ['--junit', options.junit],
    ],
    file === undefined ? [] : [file],
  );
  const baseline = file === undefined ? undefined : readBaseline(file);
  const config = { seed: options.seed ?? String(randomInt(2 ** 47)), ...settingsOf(options) };
  const say = (text: string): void => {
    if (json !== STDOUT) process.stdout.write(text);
    else if (!quiet) process.stderr.write(text);
  };
  const interrupt = new Interrupt();
  const progress = new BenchProgressLine();
  const result = await bench({
    config,
    ...withoutUndefined({
      variants: options.variant?.map(({ name }) => name),
      baseline,
      failAbovePercent: failAbove,
      force,
    }),
    signal: interrupt.signal,
    onStart: () => say(`pte-aging bench, seed ${config.seed}\n\n`),
    onProgress: (update) => {
      if (!quiet) progress.update(update);
    },
  });
  progress.stop();

  process.stdout.write(json === STDOUT ? jsonText(result) : benchText(result, { quiet }));
  writeOutputs([
    ['--json', json, () => jsonText(result)],
    ['--junit', options.junit, () => benchJunit(result)],
  ]);
  return interrupt.exitCode ?? exitCodeOf(result);
}

function exitCodeOf(result: BenchResult): number {
  if (result.failures.length > 0) return ExitCode.harnessFailed;
  return worseRatios(result).length > 0 ? ExitCode.violated : ExitCode.clean;
}

function settingsOf(options: CommandOptions) {
  const settings = {
    mutant: options.mutant,
    vcpus: options.vcpus,
    phases: options.phase,
    agings: options.aging,
    faultWorksNs: options.faultWork,
    durationMs: options.duration,
    repeat: options.repeat,
    pagesPerVcpu: options.pages,
    batch: options.batch,
    tlbEntries: options.tlb,
    invalidateRate: options.invalidate,
    periodMs: options.period,
  };
  return withoutUndefined(settings);
}
