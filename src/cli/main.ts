#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from '@commander-js/extra-typings';
import { HarnessError } from '../shared/harness-error.ts';
import { InputError } from '../shared/input-error.ts';
import { benchCommand } from './bench-command.ts';
import { checkCommand } from './check-command.ts';
import { conformCommand } from './conform-command.ts';
import { ExitCode } from './exit-code.ts';
import { exploreCommand } from './explore-command.ts';
import { listCommand } from './list-command.ts';
import { reclaimCommand } from './reclaim-command.ts';
import { replayCommand } from './replay-command.ts';
import { reportCommand } from './report-command.ts';
import { stressCommand } from './stress-command.ts';

/** Options whose value is an output file, given as `--name=FILE` only: a file name on its own could be an input. */
const OUTPUT_OPTIONS = ['--junit', '--coverage', '--html', '--mermaid', '--markdown', '--hdr', '--trace-events'];

async function main(argv: readonly string[]): Promise<number> {
  let exitCode: number = ExitCode.clean;
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const program = new Command('pte-aging')
    .description("An executable concurrency model of how Linux's KVM ages guest pages")
    .version(version)
    .addCommand(
      stressCommand((code) => {
        exitCode = code;
      }),
    )
    .addCommand(
      checkCommand((code) => {
        exitCode = code;
      }),
    )
    .addCommand(
      exploreCommand((code) => {
        exitCode = code;
      }),
    )
    .addCommand(
      benchCommand((code) => {
        exitCode = code;
      }),
    )
    .addCommand(
      conformCommand((code) => {
        exitCode = code;
      }),
    )
    .addCommand(
      reclaimCommand((code) => {
        exitCode = code;
      }),
    )
    .addCommand(
      replayCommand((code) => {
        exitCode = code;
      }),
    )
    .addCommand(
      reportCommand((code) => {
        exitCode = code;
      }),
    )
    .addCommand(listCommand());
  for (const command of [program, ...program.commands]) {
    // Errors are printed once, below, as one line.
    command.exitOverride().configureOutput({ writeErr: () => {} });
  }
  try {
    await program.parseAsync(withExplicitFiles(argv), { from: 'user' });
    return exitCode;
  } catch (error) {
    return complain(error, program as Command, argv);
  }
}

/** Bare `--json` means stdout; commander would take the next word for its value. */
function withExplicitFiles(argv: readonly string[]): string[] {
  const bare = argv.find((argument) => OUTPUT_OPTIONS.includes(argument));
  if (bare !== undefined) throw new InputError(`${bare}: accepted: ${bare}=${bare === '--hdr' ? 'DIR' : 'FILE'}`);
  const isList = argv[0] === 'list';
  return argv.map((argument) => (argument === '--json' && !isList ? '--json=-' : argument));
}

function complain(error: unknown, program: Command, argv: readonly string[]): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return ExitCode.clean;
    if (error.code === 'commander.help') {
      process.stderr.write(program.helpInformation());
      return ExitCode.badInput;
    }
    const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
    process.stderr.write(`pte-aging: ${message}${acceptedOptions(error, program, argv)}\n`);
    return ExitCode.badInput;
  }
  if (error instanceof InputError) {
    process.stderr.write(`pte-aging: ${error.message}\n`);
    return ExitCode.badInput;
  }
  if (error instanceof HarnessError) {
    process.stderr.write(`pte-aging: harness failure: ${error.message}\n`);
    return ExitCode.harnessFailed;
  }
  throw error;
}

function acceptedOptions(error: CommanderError, program: Command, argv: readonly string[]): string {
  if (error.code === 'commander.unknownCommand') {
    return `; accepted: ${program.commands.map((command) => command.name()).join(', ')}`;
  }
  if (error.code !== 'commander.unknownOption') return '';
  const command = program.commands.find((candidate) => candidate.name() === argv[0]) ?? program;
  const names = command.options.filter((option) => !option.hidden).map((option) => option.long);
  return `; accepted: ${[...names, '--help'].join(', ')}`;
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`pte-aging: harness failure: cannot write to stdout (${error.code})\n`);
  process.exit(ExitCode.harnessFailed);
});

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`pte-aging: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return ExitCode.harnessFailed;
});
