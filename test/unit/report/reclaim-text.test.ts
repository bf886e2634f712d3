import { describe, expect, it } from 'vitest';
import { reclaimText } from '../../../src/report/reclaim-text.ts';
import type { ReclaimResult } from '../../../src/run/reclaim-result.ts';

const outcome = {
  accesses: 8192,
  evictions: 1234,
  hotEvictions: 56,
  refaults: { hot: 55, cold: 1000 },
  hotResident: 0.9756,
};
const work = { agingPasses: 16, checked: 2345, kept: 1111 };
const figures = { ...outcome, ...work, agingCalls: 98765, misreported: 7 };

const result: ReclaimResult = {
  schema: 'pte-aging/reclaim@1',
  seed: '0x7',
  interrupted: false,
  config: {
    seed: '0x7',
    pages: 2048,
    hot: 0.2,
    hotPages: 410,
    hotAccesses: 0.905,
    limit: 1024,
    rounds: 16,
    accesses: 512,
    writes: 0.3,
  },
  rows: [
    { variant: 'mmu-lock-6.1', nested: false, figures },
    { variant: 'mmu-lock-6.1', nested: true, figures: { ...figures, hotEvictions: 1, misreported: 0 } },
  ],
  comparison: { exactLru: { ...outcome, hotEvictions: 0 }, asksNobody: { ...outcome, ...work } },
};

/** The cells of each line of the table; a cell that is empty is not among them. */
function cellsOf(text: string): string[][] {
  const [, table = ''] = /(?:^|\n)(variant [\s\S]*?)\n\n/.exec(text) ?? [];
  return table.split('\n').map((line) => line.split(/ {2,}/));
}

describe('reclaimText', () => {
  it('has a line for each guest, and what to compare it with', () => {
    expect(cellsOf(reclaimText(result, false))).toEqual([
      [
        'variant',
        'guest',
        'hot evicted',
        'evicted',
        'misreported',
        'hot refaults',
        'cold refaults',
        'hot resident',
        'checked',
        'kept',
        'passes',
        'aging calls',
      ],
      ['mmu-lock-6.1', 'L1', '56', '1,234', '7', '55', '1,000', '97.6%', '2,345', '1,111', '16', '98,765'],
      ['mmu-lock-6.1', 'L2', '1', '1,234', '0', '55', '1,000', '97.6%', '2,345', '1,111', '16', '98,765'],
      ['(exact LRU)', '0', '1,234', '-', '55', '1,000', '97.6%', '-', '-', '-', '-'],
      ['(asks nobody)', '56', '1,234', '-', '55', '1,000', '97.6%', '2,345', '1,111', '16', '-'],
    ]);
  });

  it('says what ran, and the seed last', () => {
    const text = reclaimText(result, false);
    expect(text).toContain('2,048 pages, of which 410 are hot and get 90.5% of accesses; 1,024 may be resident\n');
    expect(text).toContain(
      '16 rounds of 512 accesses, 30% of them writes; after each an aging pass, unless there are four generations\n',
    );
    expect(text).toContain('\nmisreported: ');
    expect(text).toMatch(/\n\nseed 0x7\n$/);
    expect(text).not.toContain('interrupted');
  });

  it('is the table and the seed only, when it should be quiet', () => {
    const text = reclaimText(result, true);
    expect(text).toMatch(/^variant /);
    expect(text).not.toContain('misreported:');
    expect(text).toMatch(/\n\nseed 0x7\n$/);
  });

  it('says that it was interrupted, and compares with nothing then', () => {
    const text = reclaimText({ ...result, interrupted: true, comparison: null }, true);
    expect(cellsOf(text)).toHaveLength(3);
    expect(text).toMatch(/\n\ninterrupted: what is shown above is partial\nseed 0x7\n$/);
  });
});
