import { Argument, Command } from '@commander-js/extra-typings';
import { truthTableText } from '../report/truth-table-text.ts';
import { scenarios } from '../run/shipped-scenarios.ts';
import { propertyText } from '../shared/property.ts';
import { formatTable } from '../shared/text-table.ts';
import { mutants } from '../variants/mutants.ts';
import { v3TruthTable } from '../variants/v3-truth-table.ts';
import { variants } from '../variants/variants.ts';
import { jsonText } from './write-outputs.ts';

const lists = {
  variants: () => variants.map(({ name, aliases, description }) => ({ name, aliases, description })),
  mutants: () => mutants.map(({ name, violates, shownOn, description }) => ({ name, violates, shownOn, description })),
  scenarios: () => scenarios().map(({ name, description }) => ({ name, description })),
  properties: () => Object.entries(propertyText).map(([name, description]) => ({ name, description })),
} as const;

export function listCommand() {
  return new Command('list')
    .description('what there is')
    .addArgument(
      new Argument('<what>', 'what to list').choices(['variants', 'mutants', 'scenarios', 'properties'] as const),
    )
    .option('--json', 'as JSON')
    .action((what, options) => {
      const items: readonly Record<string, unknown>[] = lists[what]();
      const table = what === 'variants' ? v3TruthTable : undefined;
      if (options.json) {
        const document = { schema: 'pte-aging/list@1', [what]: items, ...(table && { v3TruthTable: table }) };
        process.stdout.write(jsonText(document));
        return;
      }
      const cell = (value: unknown): string => (Array.isArray(value) ? value.join(', ') || '-' : String(value));
      const head = Object.keys(items[0] ?? {});
      process.stdout.write(`${formatTable([head, ...items.map((item) => Object.values(item).map(cell))])}\n`);
      if (table !== undefined) process.stdout.write(`\n${truthTableText(table)}\n`);
    });
}
