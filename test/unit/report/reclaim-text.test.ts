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
const figures = { ...outcome, ...work, agingCalls: 98765, misreported: 7, staleYoung: 4321, hotEvictionsOfL2: 23 };

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
    { variant: 'mmu-lock-6.1', mutant: null, guest: 'l1', figures, end: null },
    {
      variant: 'mmu-lock-6.1',
      mutant: null,
      guest: 'l2',
      figures: { ...figures, hotEvictions: 1, misreported: 0 },
      end: null,
    },
    { variant: 'mmu-lock-6.1', mutant: null, guest: 'mixed', figures, end: null },
    {
      variant: 'v3',
      mutant: null,
      guest: 'mixed',
      figures: null,
      end: { cause: 'null-dereference', page: 3, round: 2, access: 1017, message: 'reads through a NULL pointer' },
    },
    {
      variant: 'v3',
      mutant: null,
      guest: 'l1',
      figures: null,
      end: { cause: 'out-of-memory', page: null, round: 1, access: 12, message: 'after 12 aging passes' },
    },
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
        "L2's",
        'evicted',
        'hot refaults',
        'misreported',
        'stale young',
        'checked',
        'kept',
        'passes',
        'aging calls',
      ],
      ['mmu-lock-6.1', 'L1', '56', '-', '1,234', '55', '7', '4,321', '2,345', '1,111', '16', '98,765'],
      ['mmu-lock-6.1', 'L2', '1', '-', '1,234', '55', '0', '4,321', '2,345', '1,111', '16', '98,765'],
      ['mmu-lock-6.1', 'mixed', '56', '23', '1,234', '55', '7', '4,321', '2,345', '1,111', '16', '98,765'],
      ['v3', 'mixed', 'the kernel crashes (null-dereference) in round 2, at access 1,017'],
      ['v3', 'L1', 'the host is out of memory in round 1, at access 12'],
      ['(exact LRU)', '0', '-', '1,234', '55', '-', '-', '-', '-', '-', '-'],
      ['(asks nobody)', '56', '-', '1,234', '55', '-', '-', '2,345', '1,111', '16', '-'],
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

  it('stays within 140 columns: what is said of a crash makes none wider', () => {
    const [head = '', l1 = '', ...rest] = reclaimText(result, true).split('\n');
    expect(l1).toHaveLength(head.length);
    expect(head.length).toBeLessThanOrEqual(140);
    expect(rest[2]).toMatch(/^v3 +mixed {2}the kernel crashes /);
  });

  it('says which rule is broken', () => {
    const rows = result.rows.map((row) => ({ ...row, mutant: 'zapsRmaps=false' }));
    expect(reclaimText({ ...result, rows }, true)).toMatch(/^each variant with zapsRmaps=false\n\nvariant /);
    expect(reclaimText(result, false)).not.toContain('each variant with');
  });

  it('is the table and the seed only, when it should be quiet', () => {
    const text = reclaimText(result, true);
    expect(text).toMatch(/^variant /);
    expect(text).not.toContain('misreported:');
    expect(text).toMatch(/\n\nseed 0x7\n$/);
  });

  it('says that it was interrupted, and compares with nothing then', () => {
    const text = reclaimText({ ...result, interrupted: true, comparison: null }, true);
    expect(cellsOf(text)).toHaveLength(6);
    expect(text).toMatch(/\n\ninterrupted: what is shown above is partial\nseed 0x7\n$/);
  });
});
