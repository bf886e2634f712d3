import type { RecordableHistogram } from 'node:perf_hooks';
import { median } from 'simple-statistics';
import type { BenchCell } from '../bench/bench-config.ts';
import { phaseScript } from '../bench/phase-script.ts';
import type { BenchGang, CellRecords } from './bench-gang.ts';
import type { BenchLatency, BenchRow } from './bench-result.ts';
import { createLatencyHistogram } from './latency.ts';

/** What one measured run comes to. `gang` is the one that made it, and has made none since. */
export function benchRow(gang: BenchGang, cell: BenchCell, repeat: number, records: CellRecords): BenchRow {
  const { config, arena, histograms } = gang;
  const vcpusOnly = (all: readonly RecordableHistogram[]) => all.slice(0, config.vcpus);
  const { plainWallsNs, recordedWallsNs, passesNs, stillIdle } = records;
  return {
    variant: config.variant,
    ...cell,
    repeat,
    iterations: plainWallsNs.length,
    accesses: arena.pages * phaseScript(cell.phase).rounds,
    vcpuWallNs: medianOf(plainWallsNs) ?? 0,
    agingPassNs: medianOf(passesNs),
    passes: passesNs.length,
    measuredWallNs: medianOf(recordedWallsNs),
    accessNs: benchLatency(histograms.access),
    faultNs: benchLatency(histograms.fault),
    mmuLockWaitNs: benchLatency(vcpusOnly(histograms.mmuLockWait)),
    mmuLockHoldNs: benchLatency(histograms.mmuLockHold),
    stillIdle,
  };
}

function medianOf(values: Float64Array): number | null {
  return values.length === 0 ? null : Math.round(median([...values]));
}

function benchLatency(histograms: readonly RecordableHistogram[]): BenchLatency {
  const total = createLatencyHistogram();
  for (const histogram of histograms) if (histogram.count > 0) total.add(histogram);
  if (total.count === 0) return { count: 0, p50: null, p99: null, p99_9: null, p99_99: null, max: null };
  return {
    count: total.count,
    p50: total.percentile(50),
    p99: total.percentile(99),
    p99_9: total.percentile(99.9),
    p99_99: total.percentile(99.99),
    max: total.max,
  };
}
