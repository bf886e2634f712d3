import { describe, expect, it } from 'vitest';
import { benchOverheads, benchRatios, benchSlowdowns } from '../../../src/run/bench-ratios.ts';
import { benchRowOf } from '../../support/bench/rows.ts';

const repeats = [1, 2, 3];

describe('ratios of a benchmark', () => {
  it('are formed within a repeat: what slows the machine down slows both', () => {
    const rows = repeats.flatMap((repeat) => [
      benchRowOf({ variant: 'a', repeat, vcpuWallNs: 300 * 10 ** repeat, agingPassNs: null }),
      benchRowOf({ variant: 'b', repeat, vcpuWallNs: 200 * 10 ** repeat, agingPassNs: null }),
    ]);
    expect(benchRatios(rows)).toMatchObject([
      { metric: 'vcpuWall', variants: ['a', 'b'], ratio: 1.5, low: 1.5, high: 1.5, repeats: 3 },
    ]);
  });

  it('compare every two variants, in the order in which they were asked for, in each cell', () => {
    const rows = ['c', 'a', 'b'].flatMap((variant) => [
      benchRowOf({ variant }),
      benchRowOf({ variant, phase: 'read', vcpus: 1 }),
    ]);
    const named = benchRatios(rows).map(({ metric, phase, variants }) => `${phase} ${metric} ${variants.join('/')}`);
    expect(named).toEqual(
      ['populate', 'read'].flatMap((phase) =>
        ['vcpuWall', 'agingPass'].flatMap((metric) =>
          ['c/a', 'c/b', 'a/b'].map((pair) => `${phase} ${metric} ${pair}`),
        ),
      ),
    );
  });

  it('leave out what was measured in one of them only', () => {
    const rows = [
      benchRowOf({ variant: 'a', repeat: 1, agingPassNs: null }),
      benchRowOf({ variant: 'b', repeat: 1 }),
      benchRowOf({ variant: 'a', repeat: 2 }),
    ];
    expect(benchRatios(rows)).toMatchObject([{ metric: 'vcpuWall', repeats: 1 }]);
  });

  it('say what aging costs one variant, beside the same cell without it', () => {
    const rows = repeats.flatMap((repeat) => [
      benchRowOf({ variant: 'a', repeat, aging: 'none', vcpuWallNs: 100 * repeat }),
      benchRowOf({ variant: 'a', repeat, aging: 'continuous', vcpuWallNs: 130 * repeat }),
      benchRowOf({ variant: 'a', repeat, aging: 'none', faultWorkNs: 0, vcpuWallNs: 1 }),
    ]);
    expect(benchSlowdowns(rows)).toMatchObject([{ variant: 'a', aging: 'continuous', faultWorkNs: 3000, ratio: 1.3 }]);
  });

  it('say what measuring costs', () => {
    const rows = repeats.map((repeat) =>
      benchRowOf({ variant: 'a', repeat, vcpuWallNs: 100, measuredWallNs: 100 + repeat }),
    );
    expect(benchOverheads(rows)).toMatchObject([{ variant: 'a', ratio: 1.02, low: 1.01, high: 1.03 }]);
  });
});
