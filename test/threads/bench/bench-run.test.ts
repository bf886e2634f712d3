import { describe, expect, it } from 'vitest';
import { phaseNames } from '../../../src/bench/bench-config.ts';
import { bench } from '../../../src/run/bench-run.ts';

const small = { seed: '7', vcpus: [2], pagesPerVcpu: 256, durationMs: 5, repeat: 2, faultWorksNs: [2000, 0] };

describe('the latency benchmark', () => {
  it('measures every cell with every variant in every repeat', async () => {
    const result = await bench({ config: small });
    // Two of the phases fault, and are measured with both works.
    const cells = (phaseNames.length + 2) * 2;
    expect(result).toMatchObject({ schema: 'pte-aging/bench@1', failures: [], interrupted: false, comparison: null });
    expect(result.rows).toHaveLength(cells * 2 * 2);
    for (const row of result.rows) {
      expect(row.vcpuWallNs).toBeGreaterThan(0);
      expect(row.measuredWallNs).toBeGreaterThan(0);
      expect(row.accessNs.count > 0 || row.phase === 'mark-idle').toBe(true);
      expect(row.passes > 0).toBe(row.aging === 'continuous');
      expect(row.agingPassNs === null).toBe(row.aging === 'none');
    }
    expect(result.ratios.filter(({ metric }) => metric === 'vcpuWall')).toHaveLength(cells);
    expect(result.slowdowns).toHaveLength((phaseNames.length + 2) * 2);
    expect(result.overheads).toHaveLength(cells * 2);
  });

  it('faults in populate and nowhere else, and there once a page at least', async () => {
    const { rows } = await bench({
      config: {
        ...small,
        phases: ['populate', 'write-populated', 'read', 'write-idle'],
        agings: ['none'],
        tlbEntries: 0,
      },
    });
    for (const { phase, faultNs, accessNs } of rows) {
      if (phase === 'populate') expect(faultNs.count).toBeGreaterThanOrEqual(accessNs.count);
      else expect(faultNs.count, phase).toBe(0);
    }
  });

  it('spends in each fault what it is told to', async () => {
    const { rows } = await bench({
      variants: ['lockless'],
      config: { ...small, vcpus: [1], phases: ['populate'], agings: ['none'], faultWorksNs: [20_000, 0] },
    });
    for (const { faultWorkNs, faultNs } of rows) if (faultWorkNs > 0) expect(faultNs.p50).toBeGreaterThan(faultWorkNs);
  });

  it('passes the test that it is modelled on: of pages marked idle and then touched, few still look idle', async () => {
    const { rows } = await bench({
      variants: ['mmu-lock', 'mmu-lock-6.12', 'lockless', 'v3'],
      config: { ...small, phases: ['write-idle', 'read-idle'], agings: ['none'], repeat: 1 },
    });
    expect(rows).toHaveLength(8);
    for (const { stillIdle } of rows) expect(stillIdle).toBeLessThan(0.1);
  });

  it('notices pages that look idle although they were touched', async () => {
    // A TLB that holds everything: accesses set no bit.
    const { rows } = await bench({
      variants: ['lockless'],
      config: { ...small, phases: ['read-idle'], agings: ['none'], repeat: 1, tlbEntries: 512, vcpus: [1] },
    });
    expect(rows[0]?.stillIdle).toBeGreaterThan(0.9);
  });

  it('waits for mmu_lock where aging takes it', async () => {
    const { curves } = await bench({
      config: { ...small, phases: ['populate', 'mark-idle'], faultWorksNs: [0], durationMs: 50, pagesPerVcpu: 2048 },
    });
    const holds = (variant: string, phase: string) =>
      curves.find((curve) => curve.variant === variant && curve.phase === phase && curve.kind === 'mmuLockHold')?.curve
        .count ?? 0;
    expect(holds('mmu-lock-6.1', 'mark-idle')).toBeGreaterThan(0);
    expect(holds('lockless-7.3', 'mark-idle')).toBe(0);
    expect(holds('lockless-7.3', 'populate')).toBeGreaterThan(0);
  });

  it('tells who held the lock and who waited, one thread beside the other', async () => {
    const { timelines } = await bench({ config: { ...small, phases: ['populate'], repeat: 1, pagesPerVcpu: 1024 } });
    expect(timelines.map(({ variant }) => variant)).toEqual(['mmu-lock-6.1', 'lockless-7.3']);
    for (const { threads, variant } of timelines) {
      // Only threads that did something in that moment.
      expect(['vcpu0', 'vcpu1', 'aging']).toEqual(expect.arrayContaining(threads.map(({ name }) => name)));
      const kinds = new Set(threads.flatMap(({ spans }) => spans.map(({ kind }) => kind)));
      expect(kinds).toContain('fault');
      // Whether the aging thread had a core in that moment is the machine's affair.
      if (variant === 'lockless-7.3') expect(kinds).not.toContain('lock-write');
      for (const { spans } of threads) {
        for (const { startNs, durationNs } of spans) expect([startNs >= 0, durationNs >= 0]).toEqual([true, true]);
        expect(spans.map(({ startNs }) => startNs)).toEqual(
          spans.map(({ startNs }) => startNs).toSorted((a, b) => a - b),
        );
      }
    }
  });

  it('ages periodically from one iteration to the next, and not once in each', async () => {
    const { rows } = await bench({
      variants: ['lockless'],
      config: {
        ...small,
        vcpus: [1],
        phases: ['read'],
        agings: ['periodic'],
        periodMs: 60_000,
        durationMs: 30,
        repeat: 1,
      },
    });
    const [row] = rows;
    expect(row?.iterations).toBeGreaterThan(10);
    expect(row?.passes).toBeLessThanOrEqual(1);
  });

  it('keeps what it has when it is stopped', async () => {
    const controller = new AbortController();
    const result = await bench({
      config: small,
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done === 3) controller.abort();
      },
    });
    expect(result).toMatchObject({ interrupted: true, failures: [] });
    expect(result.rows).toHaveLength(3);
  });

  it('refuses more memory than an SPTE can name tables for', async () => {
    await expect(bench({ config: { ...small, pagesPerVcpu: 2 ** 22 } })).rejects.toThrow(
      /^--pages: .*accepted here: up to /,
    );
    await expect(bench({ variants: ['none'], config: small })).rejects.toThrow(/accepted: /);
    await expect(bench({ config: { ...small, mutant: 'none' } })).rejects.toThrow(/accepted: /);
  });
});
