import type { LatencyCurve } from '../run/latency.ts';
import type { SavedResult } from '../run/saved/saved-result.ts';
import { variantLabel } from './variant-label.ts';

export interface SavedCurve {
  /** What it is of, from the command to the kind of latency. */
  readonly names: readonly string[];
  readonly curve: LatencyCurve;
}

/** Every curve of saved results that has something in it. */
export function savedCurves(saved: readonly SavedResult[]): readonly SavedCurve[] {
  return saved.flatMap(curvesOf).filter(({ curve }) => curve.points.length > 0);
}

function curvesOf(document: SavedResult): SavedCurve[] {
  if (document.kind === 'stress') {
    return document.result.variants.flatMap((variant) =>
      Object.entries(variant.curves).map(([kind, curve]) => ({
        names: ['stress', variantLabel(variant), kind],
        curve,
      })),
    );
  }
  if (document.kind !== 'bench') return [];
  return document.result.curves.map(({ variant, phase, vcpus, aging, faultWorkNs, kind, curve }) => {
    const work = faultWorkNs === 0 ? [] : [`faults-${faultWorkNs}ns`];
    return { names: ['bench', variant, phase, `${vcpus}vcpus`, aging, ...work, kind], curve };
  });
}
