import { Command } from '@commander-js/extra-typings';
import { conformJunit } from '../report/conform-junit.ts';
import { conformText } from '../report/conform-text.ts';
import { type ConformResult, RULE_COVERAGE_SCHEMA, type RuleCoverageResult } from '../run/conform-result.ts';
import { type ConformProgress, conform } from '../run/conform-run.ts';
import { findKernelTraces } from '../scenario/read-kernel-trace.ts';
import { mutants } from '../variants/mutants.ts';
import { findVariant, variantNames } from '../variants/variants.ts';
import { ExitCode } from './exit-code.ts';
import { Interrupt } from './interrupt.ts';
import { mutantOrRule } from './mutant-option.ts';
import { listOf } from './option-values.ts';
import { checkOutputFiles, STDOUT } from './output-file.ts';
import { paint } from './paint.ts';
import { jsonText, writeOutputs } from './write-outputs.ts';

const EXAMPLES = `
A trace is a file of JSON lines, plain or gzip: docs/kernel-traces.md says what is in it.

Examples:
  $ pte-aging conform traces/                            each trace through the variant that its kernel calls for
  $ pte-aging conform --variant=lockless k6.1.jsonl.gz   what would differ on another kernel
  $ pte-aging conform --coverage=rules.json traces/      which rules of the model the traces put to the test
  $ pte-aging conform --mutant rmapWalkAligned=true traces/   with one rule otherwise: which traces tell?

Exit codes: 0 all agree, 1 a trace disagrees, 2 bad usage or input, 130 or 143 interrupted.`;

export function conformCommand(setExitCode: (code: number) => void) {
  return new Command('conform')
    .description(
      'replays traces recorded on real kernels through the model, operation by operation, and compares every result',
    )
    .argument('<path...>', 'traces (.jsonl, .jsonl.gz), or directories of them')
    .option(
      '--variant <names>',
      `${variantNames().join(', ')} (default: the one that a trace's kernel calls for)`,
      listOf(variantNames(), findVariant),
    )
    .option(
      '--mutant <name>',
      `break one rule, and see whether the traces tell: ${mutants.map((mutant) => mutant.name).join(', ')}, or any rule=value`,
      mutantOrRule,
    )
    .option('--json [=file]', 'the result as JSON, on stdout or in a file')
    .option('--junit <=file>', 'the result as JUnit XML')
    .option('--coverage <=file>', 'which rules the operations asked, and how often, as JSON')
    .option('--quiet', 'only what disagrees and the verdict, no progress')
    .option('--no-color', 'plain text')
    .addHelpText('after', EXAMPLES)
    .action(async (paths, options) => {
      setExitCode(await runConformCommand(paths, options));
    });
}

type CommandOptions = ReturnType<ReturnType<typeof conformCommand>['opts']>;

async function runConformCommand(paths: readonly string[], options: CommandOptions): Promise<number> {
  const json = options.json === true ? STDOUT : options.json;
  checkOutputFiles(
    [
      ['--json', json],
      ['--junit', options.junit],
      ['--coverage', options.coverage],
    ],
    findKernelTraces(paths),
  );

  const interrupt = new Interrupt();
  const result = await conform(paths, {
    ...(options.variant === undefined ? {} : { variants: options.variant.map(({ name }) => name) }),
    ...(options.mutant === undefined ? {} : { mutant: options.mutant }),
    signal: interrupt.signal,
    onProgress: (progress) => {
      if (!options.quiet) showProgress(progress);
    },
  }).finally(clearProgress);

  const text = () => conformText(result, { quiet: options.quiet === true, paint: paint(options.color) });
  process.stdout.write(json === STDOUT ? jsonText(result) : text());
  writeOutputs([
    ['--json', json, () => jsonText(result)],
    ['--junit', options.junit, () => conformJunit(result)],
    ['--coverage', options.coverage, () => jsonText(coverageOf(result))],
  ]);
  return interrupt.exitCode ?? exitCodeOf(result);
}

function coverageOf({ interrupted, rules }: ConformResult): RuleCoverageResult {
  return { schema: RULE_COVERAGE_SCHEMA, interrupted, rules };
}

function exitCodeOf({ traces }: ConformResult): number {
  return traces.some(({ disagreements }) => disagreements.length > 0) ? ExitCode.violated : ExitCode.clean;
}

/** A progress line on stderr, on a terminal only. */
function showProgress({ file, done, traces }: ConformProgress): void {
  if (hasProgress()) process.stderr.write(`\r\x1b[K${done} of ${traces} traces, ${file}`);
}

function clearProgress(): void {
  if (hasProgress()) process.stderr.write('\r\x1b[K');
}

function hasProgress(): boolean {
  return process.stderr.isTTY && process.env.CI === undefined;
}
