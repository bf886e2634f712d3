import { describe, expect, it } from 'vitest';
import { HotSetWorkload } from '../../../src/reclaim/hot-set-workload.ts';
import { completeReclaimConfig, type ReclaimSettings } from '../../../src/reclaim/reclaim-config.ts';

function workloadOf(settings: Partial<ReclaimSettings> = {}): HotSetWorkload {
  return new HotSetWorkload(completeReclaimConfig({ seed: '1', pages: 200, ...settings }));
}

function hotSetOf(workload: HotSetWorkload): number[] {
  return [...Array(200).keys()].filter((page) => workload.isHot(page));
}

function accesses(workload: HotSetWorkload, count = 20_000) {
  return Array.from({ length: count }, () => workload.next());
}

describe('HotSetWorkload', () => {
  it('has as many hot pages as asked for, strewn over memory', () => {
    const workload = workloadOf({ hot: 0.1 });
    const hot = hotSetOf(workload);
    expect([workload.hotPages, hot.length]).toEqual([20, 20]);
    expect(hot.at(-1)).toBeGreaterThan(100);
    expect(hot[0]).toBeLessThan(100);
  });

  it('gives hot pages their share of accesses, and reaches every page', () => {
    const workload = workloadOf({ hot: 0.1, hotAccesses: 0.8, writes: 0.25 });
    const made = accesses(workload);
    expect(made.filter(({ page }) => workload.isHot(page)).length / made.length).toBeCloseTo(0.8, 1);
    expect(made.filter(({ write }) => write).length / made.length).toBeCloseTo(0.25, 1);
    expect(new Set(made.map(({ page }) => page)).size).toBe(200);
  });

  it('leaves cold pages alone if hot ones get all accesses, and the other way round', () => {
    for (const hotAccesses of [0, 1]) {
      const workload = workloadOf({ hotAccesses });
      const hot = accesses(workload).map(({ page }) => workload.isHot(page));
      expect(new Set(hot)).toEqual(new Set([hotAccesses === 1]));
    }
  });

  it('follows from its seed', () => {
    expect(accesses(workloadOf())).toEqual(accesses(workloadOf()));
    expect(accesses(workloadOf())).not.toEqual(accesses(workloadOf({ seed: '2' })));
    const writes = (workload: HotSetWorkload) => accesses(workload).map(({ write }) => write);
    expect(writes(workloadOf())).not.toEqual(writes(workloadOf({ seed: '2' })));
    expect(hotSetOf(workloadOf())).not.toEqual(hotSetOf(workloadOf({ seed: '2' })));
  });
});
