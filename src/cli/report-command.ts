import { writeFileSync } from 'node:fs';
import { Command } from '@commander-js/extra-typings';
import { readSavedResult } from '../run/saved/read-saved-result.ts';
import { ExitCode } from './exit-code.ts';
import { checkOutputFiles } from './output-file.ts';

const EXAMPLES = `
A result is what another command has written with --json. docs/report.md says how to read each picture.

Examples:
  $ pte-aging stress --json=stress.json && pte-aging report stress.json    the tables, and charts made of text
  $ pte-aging report stress.json check.json --html=report.html             one page with pictures; it needs nothing else

Exit codes: 0 written, whatever the results say; 2 bad usage or input.`;

export function reportCommand(setExitCode: (code: number) => void) {
  return new Command('report')
    .description('pictures and tables of saved results of stress, bench, check, conform and reclaim')
    .argument('<result...>', 'files that --json has written')
    .option('--html <=file>', 'one page with pictures, tables, and counterexamples to step through')
    .option('--quiet', 'do not say what was written')
    .option('--no-color', 'plain text')
    .addHelpText('after', EXAMPLES)
    .action(async (files, options) => {
      setExitCode(await runReportCommand(files, options));
    });
}

type CommandOptions = ReturnType<ReturnType<typeof reportCommand>['opts']>;

async function runReportCommand(files: readonly string[], options: CommandOptions): Promise<number> {
  checkOutputFiles([['--html', options.html]], files);
  const saved = files.map(readSavedResult);
  if (options.html !== undefined) {
    // Loaded here: the library for plots takes longer to load than most commands take in all.
    const { reportHtml } = await import('../report/report-html.ts');
    writeFileSync(options.html, reportHtml(saved));
  }
  return ExitCode.clean;
}
