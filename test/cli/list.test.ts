import { describe, expect, it } from 'vitest';
import { scenarios } from '../../src/run/shipped-scenarios.ts';
import { propertyIds, propertyText } from '../../src/shared/property.ts';
import { mutants } from '../../src/variants/mutants.ts';
import { v3TruthTable } from '../../src/variants/v3-truth-table.ts';
import { variantNames, variants } from '../../src/variants/variants.ts';
import { lines, runCli } from '../support/cli/run-cli.ts';

describe('pte-aging list', () => {
  it.each([
    ['variants', variants.map(({ name }) => name)],
    ['mutants', mutants.map(({ name }) => name)],
    ['scenarios', scenarios().map(({ name }) => name)],
    ['properties', Object.keys(propertyText)],
  ])('%s has a line for each', async (what, names) => {
    const { code, stdout, stderr } = await runCli(['list', what]);
    expect([code, stderr]).toEqual([0, '']);
    const [head, ...rows] = lines(stdout.split('\n\n')[0] ?? '');
    expect(head).toMatch(/^name /);
    expect(rows.map((row) => row.split(' ')[0])).toEqual(names);
  });

  it.each([
    ['variants', variants.map(({ name }) => name)],
    ['mutants', mutants.map(({ name }) => name)],
    ['scenarios', scenarios().map(({ name }) => name)],
    ['properties', Object.keys(propertyText)],
  ])('%s --json is a document with the same names', async (what, names) => {
    const { code, stdout, stderr } = await runCli(['list', what, '--json']);
    expect([code, stderr]).toEqual([0, '']);
    const document = JSON.parse(stdout) as Record<string, unknown>;
    expect(document.schema).toBe('pte-aging/list@1');
    expect((document[what] as { name: string }[]).map(({ name }) => name)).toEqual(names);
  });

  it('variants has the truth table of version 3, as text and as JSON', async () => {
    const { stdout } = await runCli(['list', 'variants']);
    expect(lines(stdout.split('\n\n')[1] ?? '')).toHaveLength(2 + v3TruthTable.length);
    const document = JSON.parse((await runCli(['list', 'variants', '--json'])).stdout) as { v3TruthTable: unknown };
    expect(document.v3TruthTable).toEqual(v3TruthTable);
  });

  it('says of each mutant which property it violates, and on which variants a run shows that', async () => {
    const { stdout } = await runCli(['list', 'mutants', '--json']);
    const listed = (JSON.parse(stdout) as { mutants: { violates: string; shownOn: string[] }[] }).mutants;
    for (const { violates, shownOn } of listed) {
      expect(propertyIds).toContain(violates);
      for (const variant of shownOn) expect(variantNames()).toContain(variant);
    }
  });
});
