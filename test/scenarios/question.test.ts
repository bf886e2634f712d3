import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findVariant } from '../../src/variants/variants.ts';
import { checkShipped, shippedScenarios } from '../support/scenarios/check-shipped.ts';

const root = new URL('../../', import.meta.url);
const documents = ['docs/seed-question.md', 'docs/findings.md'].map((path) => ({
  path,
  text: readFileSync(new URL(path, root), 'utf8'),
}));
const [question] = documents;

const columns = ['v3', 'v3-tdp-first', 'v3-prepare-tests-rmaps', 'v3-rmap-write-lock', 'lockless-7.3'];

/** Rows of the table of what each caller sees. */
const rows = (question?.text ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| `question-'))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
  .map(([, name = '', , ...verdicts]) => ({ name, verdicts: verdicts.slice(0, columns.length) }));

describe('docs/seed-question.md', () => {
  it('has every scenario of the question', () => {
    const named = shippedScenarios.map(({ name }) => name).filter((name) => name.startsWith('question-'));
    expect(rows.map(({ name }) => name).sort()).toEqual(named.sort());
  });

  it.each(rows)('says of $name what its file expects', ({ name, verdicts }) => {
    const scenario = shippedScenarios.find((one) => one.name === name);
    const expected = columns.map((variant) => scenario?.expect.get(variant));
    expect(verdicts).toEqual(expected.map((one) => one?.property ?? one?.verdict));
  });

  it('says which lock is missing when rmaps are walked without one', () => {
    const rmapWalk = (variant: string): boolean =>
      checkShipped('v3-first-shadow-root-locks', variant).violations.some(({ message }) =>
        message.startsWith("the thread holds neither of: mmu_lock for write, the rmap's bit lock"),
      );
    expect(columns.filter(rmapWalk)).toEqual(['v3-prepare-tests-rmaps']);
    for (const variant of columns) expect(findVariant(variant), variant).toBeDefined();
  });
});

it.each(documents)('$path names no scenario that is not there', ({ text }) => {
  const names = [...text.matchAll(/`((?:question|v3)-[a-z0-9-]+)`/g)].map(([, name]) => name as string);
  const known = new Set([...shippedScenarios.map(({ name }) => name)]);
  const missing = names.filter((name) => !known.has(name) && findVariant(name) === undefined);
  expect(missing).toEqual([]);
});
