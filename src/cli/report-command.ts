import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { countText } from '../report/count-text.ts';
import type { SavedResult } from '../run/saved/saved-result.ts';
import { InputError } from '../shared/input-error.ts';
import { ExitCode } from './exit-code.ts';
import { checkOutputFile, checkOutputFiles } from './output-file.ts';
import { paint } from './paint.ts';
import { writeOutputs } from './write-outputs.ts';

const EXAMPLES = `
A result is what another command has written with --json. docs/report.md says how to read each picture.

Examples:
  $ pte-aging report stress.json                               its tables, and charts made of letters
  $ pte-aging report bench.json stress.json --html=report.html   one page with pictures, which needs nothing else
  $ pte-aging report bench.json --hdr=curves                   a .hgrm file a latency curve, for HdrHistogram's plotter
  $ pte-aging report bench.json --trace-events=trace.json      who waited for the lock, for ui.perfetto.dev
  $ pte-aging report *.json --annotations --markdown="$GITHUB_STEP_SUMMARY"

Exit codes: 0 done, whatever the results say; 2 bad usage or input; 3 a file cannot be written.`;

export function reportCommand(setExitCode: (code: number) => void) {
  return new Command('report')
    .description('pictures and tables of saved results of stress, bench, check, conform and reclaim')
    .argument('<result...>', 'files that --json has written')
    .option('--html <=file>', 'one page with pictures, tables, and counterexamples to step through')
    .option('--markdown <=file>', "a summary for the page of a CI job: verdicts, ratios, what's wrong")
    .option('--annotations', "what's wrong, on stdout as commands of a GitHub workflow")
    .option('--hdr <=dir>', 'a percentile distribution for each latency curve, as HdrHistogram prints them')
    .option('--trace-events <=file>', "a benchmark's timelines as Chrome trace events, which Perfetto opens")
    .option('--quiet', 'do not say what was written')
    .option('--no-color', 'plain text')
    .addHelpText('after', EXAMPLES)
    .action(async (files, options) => {
      setExitCode(await runReportCommand(files, options));
    });
}

type CommandOptions = ReturnType<ReturnType<typeof reportCommand>['opts']>;

async function runReportCommand(files: readonly string[], options: CommandOptions): Promise<number> {
  const { html, markdown, hdr, traceEvents } = options;
  checkOutputFiles(
    [
      ['--html', html],
      ['--markdown', markdown],
      ['--trace-events', traceEvents],
    ],
    files,
  );
  if (hdr !== undefined) checkFolder('--hdr', hdr);
  // What only this command needs is loaded here and below: no other is to wait for it.
  const { readSavedResult } = await import('../run/saved/read-saved-result.ts');
  const saved = files.map((file) => readSavedResult(file));
  // Everything is made before anything is written.
  const outputs = [
    ...(hdr === undefined ? [] : await hdrOutputs(saved, hdr, files)),
    ...(traceEvents === undefined ? [] : await traceOutputs(saved, traceEvents)),
    ...(markdown === undefined ? [] : await markdownOutputs(saved, markdown)),
    ...(html === undefined ? [] : await htmlOutputs(saved, html)),
  ];
  if (hdr !== undefined) makeFolder('--hdr', hdr);
  writeOutputs(outputs.map(({ option, path, text }) => [option, path, () => text]));
  if (options.annotations) {
    const { reportAnnotations } = await import('../report/report-annotations.ts');
    process.stdout.write(reportAnnotations(saved));
  } else if (outputs.length === 0) {
    const { reportText } = await import('../report/report-text.ts');
    process.stdout.write(reportText(saved, paint(options.color)));
  } else if (!options.quiet) {
    process.stdout.write(said(outputs));
  }
  return ExitCode.clean;
}

interface Output {
  readonly option: string;
  readonly path: string;
  readonly text: string;
  /** In one line, for all outputs that have the same. */
  readonly what: string;
}

async function htmlOutputs(saved: readonly SavedResult[], path: string): Promise<Output[]> {
  const { reportHtml } = await import('../report/report-html.ts');
  return [
    {
      option: '--html',
      path,
      text: reportHtml(saved),
      what: `${path}: pictures and tables of ${countText(saved.length, 'result')}`,
    },
  ];
}

async function markdownOutputs(saved: readonly SavedResult[], path: string): Promise<Output[]> {
  const { reportMarkdown } = await import('../report/report-markdown.ts');
  return [
    {
      option: '--markdown',
      path,
      text: reportMarkdown(saved),
      what: `${path}: a summary of ${countText(saved.length, 'result')}`,
    },
  ];
}

async function traceOutputs(saved: readonly SavedResult[], path: string): Promise<Output[]> {
  const { traceEvents } = await import('../report/trace-events.ts');
  const trace = traceEvents(saved);
  if (trace.traceEvents.length === 0) {
    throw new InputError('--trace-events: no timelines in these results; accepted: results of bench that have some');
  }
  const what = `${path}: ${countText(trace.traceEvents.length, 'trace event')}, for ui.perfetto.dev`;
  return [{ option: '--trace-events', path, text: `${JSON.stringify(trace)}\n`, what }];
}

async function hdrOutputs(saved: readonly SavedResult[], folder: string, inputs: readonly string[]): Promise<Output[]> {
  const { hdrFiles } = await import('../report/hdr-files.ts');
  const files = hdrFiles(saved);
  if (files.length === 0) {
    throw new InputError('--hdr: no latency curves in these results; accepted: results of stress or bench');
  }
  const what = `${folder}: ${countText(files.length, 'percentile distribution')}`;
  return files.map(({ name, text }) => {
    const path = join(folder, name);
    if (existsSync(path)) checkOutputFile('--hdr', path, inputs);
    return { option: '--hdr', path, text, what };
  });
}

function checkFolder(option: string, path: string): void {
  if (path === '') throw new InputError(`${option}: expected a directory, as in ${option}=DIR`);
  if (existsSync(path) && !statSync(path).isDirectory()) {
    throw new InputError(
      `${option}: ${path} is no directory; accepted: a directory, or a new one in one that is there`,
    );
  }
}

/** Not its parents, too: in some file systems Node tries that for ever. */
function makeFolder(option: string, path: string): void {
  if (existsSync(path)) return;
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(
      `${option}: cannot make ${path} (${code}); accepted: a directory, or a new one in one that is there`,
    );
  }
}

function said(outputs: readonly Output[]): string {
  return [...new Set(outputs.map(({ what }) => what))].map((what) => `${what}\n`).join('');
}
