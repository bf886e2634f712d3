import { describe, expect, it } from 'vitest';
import type { BenchCell } from '../../../../src/bench/bench-config.ts';
import { benchAnswers } from '../../../../src/report/bench-answers.ts';
import { cellDimensions, cellsText, cellText, foremostCell } from '../../../../src/report/chart/bench-cells.ts';
import { sampleBench } from '../../../support/report/sample-bench.ts';

const cell: BenchCell = { vcpus: 2, phase: 'populate', aging: 'continuous', faultWorkNs: 3000 };

function texts(...cells: readonly BenchCell[]): string[] {
  return cells.map((one) => cellText(one, cellDimensions(cells)));
}

describe('cellText', () => {
  it('says what cells differ in, and nothing else', () => {
    expect(texts(cell)).toEqual(['2 vCPUs']);
    expect(texts(cell, { ...cell, vcpus: 1 })).toEqual(['2 vCPUs', '1 vCPU']);
    expect(texts(cell, { ...cell, aging: 'none' })).toEqual(['aging', 'no aging']);
    expect(texts(cell, { ...cell, aging: 'periodic' })).toEqual(['continuous aging', 'periodic aging']);
    expect(texts(cell, { ...cell, faultWorkNs: 0 })).toEqual(['faults +3 µs', 'bare faults']);
  });

  it('says nothing of work in faults in a phase that has it one way', () => {
    const cells: readonly BenchCell[] = [cell, { ...cell, faultWorkNs: 0 }, { ...cell, phase: 'read' }];
    expect(texts(...cells)).toEqual(['faults +3 µs', 'bare faults', '2 vCPUs']);
  });
});

it('cellsText is of cells with any number of vCPUs', () => {
  const cells: readonly BenchCell[] = [cell, { ...cell, vcpus: 1, aging: 'none' }, { ...cell, faultWorkNs: 0 }];
  expect(cellsText(cell, cellDimensions(cells))).toBe('populate · aging · faults +3 µs');
});

it('foremostCell is the first that has aging, with as many vCPUs as are foremost; else the first', () => {
  const few = { ...cell, vcpus: 1 };
  const unaged: BenchCell = { ...cell, vcpus: 4, aging: 'none' };
  expect(foremostCell([unaged, few, cell], cell.vcpus)).toBe(cell);
  expect(foremostCell([unaged], 1)).toBe(unaged);
  expect(foremostCell([], 1)).toBeUndefined();
});

it('benchAnswers are of cells in which pages age, and say where no difference is seen', () => {
  const bench = sampleBench();
  const [first] = bench.ratios;
  if (first === undefined) throw new Error('no ratio');
  const ratios = [
    { ...first, ratio: 1.5, low: 1.2, high: 1.9 },
    { ...first, ratio: 1.1, low: 0.9, high: 1.3 },
    { ...first, aging: 'none' as const },
    { ...first, vcpus: first.vcpus + 1 },
  ];
  const [clear, unclear, ...others] = benchAnswers({ ...bench, ratios, foremostVcpus: first.vcpus }).map(
    ({ text }) => text,
  );
  expect(clear).toContain('1.50 times as long under mmu-lock-6.1 as under lockless-7.3 (1.20 – 1.90');
  expect(clear).not.toContain('no difference');
  expect(unclear).toContain('no difference is seen, the interval contains 1');
  expect(others).toEqual([]);

  const once = [{ ...first, ratio: 1.06, low: 1.06, high: 1.06, confidence: 0, repeats: 1 }];
  const [unsure] = benchAnswers({ ...bench, ratios: once, foremostVcpus: first.vcpus });
  expect(unsure?.text).toContain('(1 repeat, too few for an interval)');
});
