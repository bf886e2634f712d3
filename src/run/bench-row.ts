import type { RecordableHistogram } from 'node:perf_hooks';
import { mean, median } from 'simple-statistics';
import type { BenchCell } from '../bench/bench-config.ts';
import { phaseScript } from '../bench/phase-script.ts';
import { HarnessError } from '../shared/harness-error.ts';
import type { BenchGang, CellRecords } from './bench-gang.ts';
import { benchLatency } from './bench-latency.ts';
import type { BenchRow } from './bench-result.ts';

/** What one measured run comes to. `gang` is the one that made it, and has made none since. */
export function benchRow(
  gang: BenchGang,
  cell: BenchCell,
  repeat: number,
  records: CellRecords,
  attempts: number,
): BenchRow {
  const { config, arena, histograms } = gang;
  const vcpusOnly = (all: readonly RecordableHistogram[]) => all.slice(0, config.vcpus);
  const { plainWallsNs, recordedWallsNs, passesNs, stillIdle } = records;
  const wallNs = medianOf(plainWallsNs);
  if (wallNs === null) throw new HarnessError('a run has measured nothing');
  return {
    variant: config.variant,
    ...cell,
    repeat,
    iterations: plainWallsNs.length,
    crowdedIterations: records.crowdedIterations,
    attempts,
    accesses: arena.pages * phaseScript(cell.phase).rounds,
    vcpuWallNs: wallNs,
    agingPassNs: passesNs.length === 0 ? null : Math.round(mean([...passesNs])),
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
