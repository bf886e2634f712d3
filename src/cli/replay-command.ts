import { existsSync } from 'node:fs';
import { Command } from '@commander-js/extra-typings';
import { replayText } from '../report/replay-text.ts';
import { replay } from '../run/replay-run.ts';
import { ExitCode } from './exit-code.ts';
import { checkOutputFiles, STDOUT } from './output-file.ts';
import { jsonText, writeOutputs } from './write-outputs.ts';

const EXAMPLES = `
Examples:
  $ pte-aging replay 'c2:…'                      the token that check has printed
  $ pte-aging replay result.json                 every counterexample of a file that check --json=FILE has written
  $ pte-aging replay 'c2:…' --scenario race.yaml

Exit codes: 0 nothing is violated on the way, 1 the violation is there again, 2 bad usage or input, or something has changed.`;

export function replayCommand(setExitCode: (code: number) => void) {
  return new Command('replay')
    .description('re-executes a counterexample through the plain source, step by step')
    .argument('<file|token>', 'a token, or a JSON file of check')
    .option('--scenario <file>', "the token's scenario, where it is no shipped one")
    .option('--json [=file]', 'the steps as JSON, on stdout or in a file')
    .addHelpText('after', EXAMPLES)
    .action((text, options) => {
      const json = options.json === true ? STDOUT : options.json;
      checkOutputFiles([['--json', json]], [text, options.scenario ?? ''].filter(existsSync));
      const replays = replay(text, options.scenario);
      const document = jsonText({ schema: 'pte-aging/replay@1', replays });
      const steps = replays.map(replayText).join('\n') || `${text}: no counterexample in it\n`;
      process.stdout.write(json === STDOUT ? document : steps);
      writeOutputs([['--json', json, () => document]]);
      const violated = replays.some(({ breaches }) => breaches.some((breach) => breach.class === 'forbidden'));
      setExitCode(violated ? ExitCode.violated : ExitCode.clean);
    });
}
