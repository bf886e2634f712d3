import type { RecordableHistogram } from 'node:perf_hooks';
import type { BenchCell } from '../bench/bench-config.ts';
import type { BenchGang, CellRecords } from './bench-gang.ts';
import { benchLatency } from './bench-latency.ts';
import { type BenchCurve, type LatencyKind, latencyKinds } from './bench-result.ts';
import { createLatencyHistogram, latencyCurve } from './latency.ts';

/** Latencies of each cell and variant, over all repeats. */
export class BenchCurves {
  readonly #cells = new Map<string, { readonly cell: BenchCell; readonly variant: string; readonly of: Totals }>();

  /** Takes in what the gang's last run has recorded. */
  add(gang: BenchGang, cell: BenchCell, { passesNs }: CellRecords): void {
    const { variant, vcpus } = gang.config;
    const key = JSON.stringify([variant, cell]);
    const known = this.#cells.get(key) ?? { cell, variant, of: newTotals() };
    this.#cells.set(key, known);
    const { access, fault, mmuLockWait, mmuLockHold } = gang.histograms;
    const add = (kind: LatencyKind, histograms: readonly RecordableHistogram[]): void => {
      for (const histogram of histograms) if (histogram.count > 0) known.of[kind].add(histogram);
    };
    add('access', access);
    add('fault', fault);
    add('mmuLockWait', mmuLockWait.slice(0, vcpus));
    add('mmuLockHold', mmuLockHold);
    for (const pass of passesNs) known.of.agingPass.record(Math.max(1, Math.round(pass)));
  }

  get curves(): readonly BenchCurve[] {
    return [...this.#cells.values()].flatMap(({ cell, variant, of }) =>
      latencyKinds
        .filter((kind) => of[kind].count > 0)
        .map(
          (kind): BenchCurve => ({
            ...cell,
            variant,
            kind,
            latency: benchLatency([of[kind]]),
            curve: latencyCurve([of[kind]]),
          }),
        ),
    );
  }
}

type Totals = Readonly<Record<LatencyKind, RecordableHistogram>>;

function newTotals(): Totals {
  return {
    access: createLatencyHistogram(),
    fault: createLatencyHistogram(),
    mmuLockWait: createLatencyHistogram(),
    mmuLockHold: createLatencyHistogram(),
    agingPass: createLatencyHistogram(),
  };
}
