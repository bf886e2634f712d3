import { expect, it } from 'vitest';
import { LayoutBuilder } from '../../../src/shared/layout.ts';

function build() {
  const builder = new LayoutBuilder();
  builder.region({ name: 'stop', count: 1, wordClass: 'shared', meaning: '1 = finish' });
  builder.region({ name: 'log', count: 3, wordClass: 'private', owner: 'aging', meaning: 'notes' });
  builder.region({
    name: 'spte',
    count: 2,
    wordClass: 'shared',
    meaning: 'entries',
    wordName: (index, read) => `spte[gfn ${index + read(1)}]`,
  });
  return builder.build();
}

it('names words, by the state where the region says so', () => {
  const layout = build();
  expect([0, 1, 2, 4, 5, 6].map((word) => layout.nameOf(word, () => 10))).toEqual([
    'unused[0]',
    'stop',
    'log[0]',
    'log[2]',
    'spte[gfn 10]',
    'spte[gfn 11]',
  ]);
  expect(layout.nameOf(7)).toBe('unused[7]');
});

it('prints as a table, one region a line', () => {
  expect(build().toString().split('\n')).toEqual([
    'name  offset  words  class            meaning',
    'stop  1       1      shared           1 = finish',
    'log   2       3      private (aging)  notes',
    'spte  5       2      shared           entries',
  ]);
});

it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses a region of %d words', (count) => {
  const builder = new LayoutBuilder();
  expect(() => builder.region({ name: 'bad', count, wordClass: 'shared', meaning: '' })).toThrow('region bad');
});
