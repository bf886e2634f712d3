import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from '@commander-js/extra-typings';
import { ExploreGauge, type NamedExploration } from '../explore/explore-task.ts';
import { explorationsText } from '../report/explore-text.ts';
import { withSeparators } from '../report/number-text.ts';
import { exploreModule } from '../run/explore-run.ts';
import { InputError } from '../shared/input-error.ts';
import { ExitCode } from './exit-code.ts';
import { Interrupt } from './interrupt.ts';
import { count, duration } from './option-values.ts';
import { checkOutputFiles, STDOUT } from './output-file.ts';
import { writeOutputs } from './write-outputs.ts';

const EXAMPLES = `
A module exports explorations: objects with words and threads, as the library call explore takes them.

Examples:
  $ pte-aging explore examples/explore/peterson.mjs
  $ pte-aging explore --time 1m --json=result.json my-lock.mjs

Exit codes: 0 all hold, 1 violated, 2 bad usage or input, 4 a budget ended first, 130 or 143 interrupted.`;

export function exploreCommand(setExitCode: (code: number) => void) {
  return new Command('explore')
    .description(
      'every interleaving of plain functions over shared words: a general checker, with nothing of KVM in it',
    )
    .argument('<module>', 'a JavaScript module that exports explorations')
    .option('--max-states <n>', 'budget in states', count(1, 2 ** 30))
    .option('--time <t>', 'budget in time, for each exploration', duration)
    .option('--json [=file]', 'the results as JSON, on stdout or in a file')
    .addHelpText('after', EXAMPLES)
    .action(async (file, options) => {
      const json = options.json === true ? STDOUT : options.json;
      if (!existsSync(file) || statSync(file).isDirectory()) {
        throw new InputError(`${file}: no such file; accepted: a JavaScript module that exports explorations`);
      }
      checkOutputFiles([['--json', json]], [file]);
      const interrupt = new Interrupt();
      const reply = await exploreModule({
        module: pathToFileURL(resolve(file)),
        maxStates: options.maxStates ?? null,
        milliseconds: options.time ?? null,
        signal: interrupt.signal,
        onProgress: showProgress,
      });
      if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
      if ('problem' in reply) throw new InputError(`${file}: ${reply.problem}`);
      const { explorations } = reply;
      process.stdout.write(json === STDOUT ? toJson(explorations) : explorationsText(explorations));
      writeOutputs([['--json', json, () => toJson(explorations)]]);
      setExitCode(interrupt.exitCode ?? exitCodeOf(reply.explorations));
    });
}

function showProgress(gauges: Readonly<Float64Array>): void {
  if (!process.stderr.isTTY) return;
  const gauge = (index: number): string => withSeparators(gauges[index] ?? 0);
  const estimate = gauges[ExploreGauge.estimatedStates] ?? 0;
  const total = estimate === 0 ? 'no estimate yet' : `about ${withSeparators(estimate)} in all, extrapolated`;
  process.stderr.write(
    `\r\x1b[K${gauge(ExploreGauge.states)} states, ${gauge(ExploreGauge.statesPerSecond)}/s, ${total}`,
  );
}

/** Numbers of interleavings are decimal strings: they outgrow JSON's numbers. */
function toJson(explorations: readonly NamedExploration[]): string {
  const document = { schema: 'pte-aging/explore@1', explorations };
  return `${JSON.stringify(document, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value), 2)}\n`;
}

function exitCodeOf(explorations: readonly NamedExploration[]): number {
  const verdicts = explorations.map(({ result }) => result.verdict);
  if (verdicts.includes('violated')) return ExitCode.violated;
  return verdicts.includes('unknown') ? ExitCode.noVerdict : ExitCode.clean;
}
