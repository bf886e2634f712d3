import { describe, expect, it } from 'vitest';
import { workloadNames } from '../../../src/stress/stress-config.ts';
import { packAccess } from '../../../src/stress/workloads/workload.ts';
import { complaints, noComplaints, runStress } from '../../support/stress/run-stress.ts';

describe('A stress run on real threads finds nothing', () => {
  it.each(workloadNames)('with workload %s', async (workload) => {
    const { variants, findings, interrupted } = await runStress({ workload });
    expect(variants.map(complaints)).toEqual(variants.map(noComplaints));
    expect([findings, interrupted]).toEqual([[], false]);
    for (const variant of variants) {
      expect(variant.accesses + variant.pulseAccesses).toBeGreaterThan(0);
      expect(variant.agingCalls).toBeGreaterThan(0);
      expect(variant.invalidations).toBeGreaterThan(0);
      expect(variant.latencyNs.fault.count).toBe(variant.faults);
    }
  });

  it('without TLBs, so that every access is a walk', async () => {
    const { variants } = await runStress({ tlbEntries: 0 });
    expect(variants.map(complaints)).toEqual(variants.map(noComplaints));
    expect(variants.map(({ tlbHits, tolerated }) => [tlbHits, tolerated['tlb-hit']])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('with few pages, many vCPUs, and roots that become invalid all the time', async () => {
    const { variants } = await runStress({ pages: 40, vcpus: 4, invalidateRate: 5000, zapAllRate: 500, batch: 7 });
    expect(variants.map(complaints)).toEqual(variants.map(noComplaints));
    for (const { zapAlls } of variants) expect(zapAlls).toBeGreaterThan(0);
  });

  it('with one page, one slot and one vCPU', async () => {
    const { variants } = await runStress({ pages: 1, slots: 1, vcpus: 1, batch: 1 });
    expect(variants.map(complaints)).toEqual(variants.map(noComplaints));
  });

  it('and knows how old pages became, and all latencies', async () => {
    const { variants } = await runStress({ pages: 100 });
    for (const { pageAges, curves, latencyNs, seconds } of variants) {
      expect([pageAges?.pages, pageAges?.pagesPerBin]).toEqual([100, 2]);
      expect(pageAges?.momentsMs.length).toBeGreaterThan(0);
      for (const ages of pageAges?.agesMs ?? []) {
        expect(ages).toHaveLength(50);
        for (const age of ages) expect(age >= 0 && age <= 1000 * seconds + 1).toBe(true);
      }
      expect(curves.fault.count).toBe(latencyNs.fault.count);
      expect(curves.agingPass.points.at(-1)).toEqual([100, latencyNs.agingPass.max]);
    }
  });

  it('if the epochs begin again many times', async () => {
    const { variants } = await runStress({ epochLimit: 100, passes: 150 }, { durationMs: null });
    expect(variants.map(complaints)).toEqual(variants.map(noComplaints));
    for (const { epochResets } of variants) expect(epochResets).toBeGreaterThan(2);
  });

  it('if the epochs begin again while memory is populated', async () => {
    const { variants } = await runStress({ workload: 'populate', epochLimit: 100, passes: 150 }, { durationMs: null });
    expect(variants.map(complaints)).toEqual(variants.map(noComplaints));
    // Passes of a pulse are not interrupted.
    for (const { epochResets } of variants) expect(epochResets).toBeGreaterThan(0);
  });

  it('if nobody invalidates, and says which properties that leaves untested', async () => {
    const { variants } = await runStress({ invalidateRate: 0, zapAllRate: 0 });
    expect(variants.map(complaints)).toEqual(variants.map(noComplaints));
    for (const { violations } of variants) {
      expect(violations).toEqual({
        'access-lost': 0,
        'access-misreported': 0,
        'use-after-invalidate': null,
        'use-after-free': null,
      });
    }
  });
});

it('A stress run makes every access of a trace exactly once, whatever its duration', async () => {
  const accesses = new Int32Array(new SharedArrayBuffer(4 * 100_001));
  for (let i = 0; i < accesses.length; i++) accesses[i] = packAccess((i * 31) % 200, i % 4 === 0);
  const { variants } = await runStress(
    { workload: 'trace', vcpus: 3 },
    { trace: { accesses, pages: 200 }, durationMs: null },
  );
  expect(variants.map(complaints)).toEqual(variants.map(noComplaints));
  expect(variants.map((variant) => variant.accesses)).toEqual([100_001, 100_001]);
});

it('A stress run ends after as many aging passes as asked for', async () => {
  const { variants } = await runStress({ passes: 12 }, { durationMs: null });
  expect(variants.map(complaints)).toEqual(variants.map(noComplaints));
  for (const { agingPasses } of variants) {
    expect(agingPasses).toBeGreaterThanOrEqual(12);
    // A pulse that has begun is brought to its end.
    expect(agingPasses).toBeLessThan(1000);
  }
});
