import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ruleValues } from '../../src/variants/rule-mutants.ts';
import { mergedKernels } from '../../src/variants/variants.ts';

const rows = readFileSync(new URL('../../docs/conformance.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
  .filter(([, name]) => name !== undefined && name in ruleValues);

describe('docs/conformance.md', () => {
  it('has every rule with the value of each variant', () => {
    const documented = rows.map(([, name, ...values]) => [name, ...values.slice(0, mergedKernels.length)]);
    const actual = Object.keys(ruleValues).map((rule) => [
      rule,
      ...mergedKernels.map(({ rules }) => String(rules[rule as keyof typeof rules])),
    ]);
    expect(documented).toEqual(actual);
  });
});
