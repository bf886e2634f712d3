import { expect, it } from 'vitest';
import { conformByScenario } from '../../../src/report/conform-by-scenario.ts';
import { sampleConform } from '../../support/report/sample-saved.ts';

it('sums what agrees by scenario, kernel and variant, and leaves a gap where there is no trace', () => {
  const [basic, huge] = sampleConform.traces;
  if (basic === undefined || huge === undefined) throw new Error('no traces');
  expect(conformByScenario([basic, huge, { ...huge, file: 'other' }, { ...basic, mutant: 'no-flush' }])).toEqual({
    columns: [
      { machine: '7.3 tdp', variant: 'lockless-7.3', mutant: null },
      { machine: '7.3 legacy', variant: 'lockless-7.3', mutant: null },
      { machine: '7.3 tdp', variant: 'lockless-7.3', mutant: 'no-flush' },
    ],
    rows: [
      {
        scenario: 'basic',
        cells: [{ compared: 749, agreed: 749, skipped: 12 }, null, { compared: 749, agreed: 749, skipped: 12 }],
      },
      { scenario: 'huge', cells: [null, { compared: 1498, agreed: 1496, skipped: 24 }, null] },
    ],
  });
});
