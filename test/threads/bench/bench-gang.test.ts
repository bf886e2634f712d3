import { describe, expect, it } from 'vitest';
import type { GangConfig } from '../../../src/bench/bench-config.ts';
import { BenchGang } from '../../../src/run/bench-gang.ts';

const config: GangConfig = {
  variant: 'lockless-7.3',
  mutant: null,
  seed: '1',
  vcpus: 1,
  pagesPerVcpu: 64,
  batch: 1,
  tlbEntries: 0,
  invalidateRate: 0,
  periodMs: 10,
  waitBoundMs: 2500,
};
const cell = { vcpus: 1, phase: 'read', aging: 'none', faultWorkNs: 0 } as const;

describe('a gang', () => {
  it.each([
    ['vcpu0', 0],
    ['aging', 1],
    ['host', 2],
  ])('says so when %s dies or hangs, and ends its threads', async (name, thread) => {
    for (const how of ['die', 'hang'] as const) {
      const gang = await BenchGang.start(config, 1000, { thread, how });
      try {
        const run = gang.run(cell, 10, false, new AbortController().signal);
        await expect(run).rejects.toThrow(how === 'hang' ? `${name}: no sign of life` : name);
      } finally {
        await gang.end();
      }
    }
  });

  it('makes several runs one after another, and each has its own records', async () => {
    const gang = await BenchGang.start(config, 1000);
    try {
      for (const phase of ['populate', 'read', 'invalidate', 'mark-idle'] as const) {
        const records = await gang.run({ ...cell, phase }, 1, false, new AbortController().signal);
        expect(records?.plainWallsNs.length).toBeGreaterThan(0);
        expect(records?.plainWallsNs.length).toBe(records?.recordedWallsNs.length);
        expect(records?.passesNs).toHaveLength(0);
      }
    } finally {
      await gang.end();
    }
  });
});
