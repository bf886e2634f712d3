import { Command } from '@commander-js/extra-typings';
import type { CheckResult } from '../check/check-result.ts';
import { checkHtml } from '../report/check-html.ts';
import { checkJunit } from '../report/check-junit.ts';
import { checkMermaid } from '../report/check-mermaid.ts';
import { checkText } from '../report/check-text.ts';
import { withSeparators } from '../report/number-text.ts';
import { type CheckProgress, check } from '../run/check-run.ts';
import { findScenarios } from '../scenario/read-scenario.ts';
import { findVariant, variantNames } from '../variants/variants.ts';
import { ExitCode } from './exit-code.ts';
import { Interrupt } from './interrupt.ts';
import { mutantOrRule } from './mutant-option.ts';
import { count, duration, listOf, oneOf, seed } from './option-values.ts';
import { checkOutputFiles, STDOUT } from './output-file.ts';
import { paint } from './paint.ts';
import { jsonText, writeOutputs } from './write-outputs.ts';

const EXAMPLES = `
A scenario is a YAML or JSON file: docs/scenarios.md says what is in it. Without a file the shipped ones are explored.

Examples:
  $ pte-aging check                                            the shipped scenarios, each under the variants it expects of
  $ pte-aging check --variant=mmu-lock,lockless my-race.yaml
  $ pte-aging check --mutant clear-untested --html=why.html    with one rule broken, and the counterexamples to step through
  $ pte-aging check --mutant rmapsHaveBitLock=false nested.yaml

Exit codes: 0 all holds, or is as expected; 1 violated, or not as expected; 2 bad usage or input; 3 the harness failed;
4 a budget ended first; 130 or 143 interrupted.`;

export function checkCommand(setExitCode: (code: number) => void) {
  return new Command('check')
    .description('explores every interleaving of scenario files, and says which properties hold')
    .argument('[file...]', 'scenario files, or directories of them (default: the shipped ones)')
    .option(
      '--variant <names>',
      `${variantNames().join(', ')} (default: what the scenario names, or expects something of)`,
      listOf(variantNames(), findVariant),
    )
    .option('--mutant <name>', 'break one rule: a name that `list mutants` shows, or rule=value', mutantOrRule)
    .option('--model <name>', 'memory model: sc, sequential consistency', oneOf(['sc'] as const))
    .option('--max-states <n>', 'budget in states, for each scenario and variant', count(1, 2 ** 30))
    .option('--time <t>', 'budget in time, for each scenario and variant', duration)
    .option('--preemptions <n>', 'explore only schedules with at most so many preemptions', count(0, 1000))
    .option('--seed <n>', 'of the random runs in front of each search: decimal, 0x hex, or a commit id', seed)
    .option('--json [=file]', 'the result as JSON, on stdout or in a file')
    .option('--junit <=file>', 'the result as JUnit XML')
    .option('--html <=file>', 'the result as one page, with counterexamples to step through')
    .option('--mermaid <=file>', 'counterexamples as sequence diagrams')
    .option('--quiet', 'only verdicts, no progress')
    .option('--no-color', 'plain text')
    .addHelpText('after', EXAMPLES)
    .action(async (files, options) => {
      setExitCode(await runCheckCommand(files, options));
    });
}

type CommandOptions = ReturnType<ReturnType<typeof checkCommand>['opts']>;

async function runCheckCommand(files: readonly string[], options: CommandOptions): Promise<number> {
  const json = options.json === true ? STDOUT : options.json;
  checkOutputFiles(
    [
      ['--json', json],
      ['--junit', options.junit],
      ['--html', options.html],
      ['--mermaid', options.mermaid],
    ],
    files.length === 0 ? [] : findScenarios(files),
  );
  const interrupt = new Interrupt();
  const result = await check(files, {
    ...(options.variant === undefined ? {} : { variants: options.variant.map(({ name }) => name) }),
    ...(options.mutant === undefined ? {} : { mutant: options.mutant }),
    ...(options.maxStates === undefined ? {} : { maxStates: options.maxStates }),
    ...(options.time === undefined ? {} : { milliseconds: options.time }),
    ...(options.preemptions === undefined ? {} : { preemptions: options.preemptions }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    signal: interrupt.signal,
    onProgress: (progress) => {
      if (!options.quiet) showProgress(progress);
    },
  }).finally(clearProgress);
  const text = () => checkText(result, { quiet: options.quiet === true, paint: paint(options.color) });
  process.stdout.write(json === STDOUT ? jsonText(result) : text());
  writeOutputs([
    ['--json', json, () => jsonText(result)],
    ['--junit', options.junit, () => checkJunit(result)],
    ['--html', options.html, () => checkHtml(result)],
    ['--mermaid', options.mermaid, () => checkMermaid(result)],
  ]);
  return interrupt.exitCode ?? exitCodeOf(result);
}

/** An expected violation that occurs counts as holding. */
function exitCodeOf({ results }: CheckResult): number {
  const isBad = results.some(
    ({ verdict, expectation }) => expectation === 'unmet' || (verdict === 'violated' && expectation === 'none'),
  );
  if (isBad) return ExitCode.violated;
  return results.some(({ verdict }) => verdict === 'unknown') ? ExitCode.noVerdict : ExitCode.clean;
}

function showProgress({ done, states, statesPerSecond }: CheckProgress): void {
  if (!process.stderr.isTTY) return;
  const rate = withSeparators(Math.round(statesPerSecond));
  process.stderr.write(`\r\x1b[K${done} done; ${withSeparators(states)} states of the next, ${rate}/s`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}
