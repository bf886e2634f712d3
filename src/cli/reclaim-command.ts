import { randomInt } from 'node:crypto';
import { Command } from '@commander-js/extra-typings';
import { guestKinds } from '../reclaim/guest-kind.ts';
import {
  DEFAULT_RECLAIM_PAGES,
  DEFAULT_ROUNDS,
  MAX_RECLAIM_PAGES,
  MAX_ROUND_ACCESSES,
  MAX_ROUNDS,
} from '../reclaim/reclaim-config.ts';
import { reclaimText } from '../report/reclaim-text.ts';
import { reclaim } from '../run/reclaim-run.ts';
import { findVariant, variantNames } from '../variants/variants.ts';
import { ExitCode } from './exit-code.ts';
import { Interrupt } from './interrupt.ts';
import { mutantOrRule } from './mutant-option.ts';
import { count, listOf, numberIn, seed } from './option-values.ts';
import { checkOutputFile, STDOUT } from './output-file.ts';
import { jsonText, writeOutputs } from './write-outputs.ts';

const EXAMPLES = `
Examples:
  $ pte-aging reclaim                                    all variants and guests
  $ pte-aging reclaim --variant lockless --guest l1 --hot 0.4
  $ pte-aging reclaim --variant v3 --mutant slowPassHasMetadata=true    version 3 without the bug that crashes the host

Exit codes: 0 it ran (it judges nothing), 2 bad usage or input, 130 or 143 interrupted.`;

export function reclaimCommand(setExitCode: (code: number) => void) {
  return new Command('reclaim')
    .description("MGLRU evicts a guest's pages by what the variant tells it: hot pages evicted, refaults; sequential")
    .option('--variant <names>', `${variantNames().join(', ')} (default: all)`, listOf(variantNames(), findVariant))
    .option(
      '--guest <kinds>',
      `who makes the accesses: ${guestKinds.join(', ')} (half and half), separated by commas (default: a row for each)`,
      listOf(guestKinds, (name) => guestKinds.find((kind) => kind === name)),
    )
    .option('--mutant <name>', 'break one rule: a name that `list mutants` shows, or rule=value', mutantOrRule)
    .option('--pages <n>', `pages of guest memory (default: ${DEFAULT_RECLAIM_PAGES})`, count(2, MAX_RECLAIM_PAGES))
    .option('--hot <fraction>', 'fraction of the pages that is hot (default: 0.2)', numberIn(0, 1))
    .option('--hot-accesses <fraction>', 'share of accesses that hot pages get (default: 0.9)', numberIn(0, 1))
    .option('--limit <pages>', 'pages that may be resident (default: half of them)', count(1, MAX_RECLAIM_PAGES))
    .option(
      '--rounds <n>',
      `rounds of accesses, each followed by an aging pass (default: ${DEFAULT_ROUNDS})`,
      count(1, MAX_ROUNDS),
    )
    .option('--accesses <n>', 'accesses in a round (default: as many as pages)', count(1, MAX_ROUND_ACCESSES))
    .option('--writes <fraction>', 'fraction of accesses that write (default: 0.3)', numberIn(0, 1))
    .option('--seed <n>', 'decimal, 0x hex, or a commit id (default: random, printed)', seed)
    .option('--json [=file]', 'the result as JSON, on stdout or in a file')
    .option('--quiet', 'only the table')
    .addHelpText('after', EXAMPLES)
    .action(async (options) => {
      setExitCode(await runReclaimCommand(options));
    });
}

type CommandOptions = ReturnType<ReturnType<typeof reclaimCommand>['opts']>;

async function runReclaimCommand(options: CommandOptions): Promise<number> {
  const { variant, guest, mutant, json: wanted, quiet = false, seed: given, ...settings } = options;
  const json = wanted === true ? STDOUT : wanted;
  if (json !== undefined && json !== STDOUT) checkOutputFile('--json', json, []);
  const config = { ...settings, seed: given ?? String(randomInt(2 ** 47)) };
  const interrupt = new Interrupt();
  const result = await reclaim({
    config,
    ...(variant === undefined ? {} : { variants: variant.map(({ name }) => name) }),
    ...(guest === undefined ? {} : { guests: guest }),
    ...(mutant === undefined ? {} : { mutant }),
    signal: interrupt.signal,
    onStart: () => {
      const line = `pte-aging reclaim, seed ${config.seed}\n\n`;
      if (json !== STDOUT) process.stdout.write(line);
      else if (!quiet) process.stderr.write(line);
    },
  });
  process.stdout.write(json === STDOUT ? jsonText(result) : reclaimText(result, quiet));
  writeOutputs([['--json', json, () => jsonText(result)]]);
  return interrupt.exitCode ?? ExitCode.clean;
}
