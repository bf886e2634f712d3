import type { BenchCell, PhaseName } from '../../../src/bench/bench-config.ts';
import {
  BENCH_SCHEMA,
  type BenchCurve,
  type BenchLatency,
  type BenchRatio,
  type BenchResult,
  type BenchRow,
  type BenchTimeline,
  type Estimate,
  type LatencyKind,
  type TimelineSpan,
} from '../../../src/run/bench-result.ts';
import type { LatencyCurve } from '../../../src/run/latency.ts';
import type { Prng } from '../../../src/shared/prng.ts';
import { derivePrng } from '../../../src/shared/seed.ts';

const VARIANTS = ['mmu-lock-6.1', 'lockless-7.3'] as const;
const VCPUS = [1, 2] as const;
const PHASES = ['populate', 'read', 'mark-idle', 'invalidate'] as const satisfies readonly PhaseName[];
const AGINGS = ['none', 'continuous'] as const;
const FAULT_WORKS_NS = [0, 2000] as const;
const REPEATS = 5;
const COUNT = 40_000;
/** Some end where an axis has a tick. */
const COUNTS: Readonly<Record<LatencyKind, number>> = {
  access: 1_000_100,
  fault: COUNT,
  mmuLockWait: 10_010,
  mmuLockHold: 1001,
  agingPass: 84,
};
const NOTHING: BenchLatency = { count: 0, p50: null, p99: null, p99_9: null, p99_99: null, max: null };

/** A benchmark's document with figures as a real one has them, made up from a seed: nothing in it was measured. */
export function sampleBench(seed = '1'): BenchResult {
  const prng = derivePrng(seed, 'sample bench');
  const rows = cells().flatMap((cell) =>
    Array.from({ length: REPEATS }, (_, index) =>
      VARIANTS.map((variant) => row(variant, cell, index + 1, prng)),
    ).flat(),
  );
  const aged = cells().filter(({ aging }) => aging !== 'none');
  return {
    schema: BENCH_SCHEMA,
    seed,
    interrupted: false,
    host: {
      cpu: 'Sample CPU @ 2.00GHz',
      cores: 2,
      memoryBytes: 8 * 2 ** 30,
      loadAverage: 1.4,
      node: 'v20.20.0',
      v8: '11.3.244.8',
      os: 'Linux',
    },
    timerNs: 61,
    foremostVcpus: 2,
    config: {
      variants: VARIANTS,
      vcpus: VCPUS,
      phases: PHASES,
      agings: AGINGS,
      faultWorksNs: FAULT_WORKS_NS,
      durationMs: 400,
      repeat: REPEATS,
      mutant: null,
      seed,
      pagesPerVcpu: 4096,
      batch: 64,
      tlbEntries: 64,
      invalidateRate: 1000,
      periodMs: 10,
    },
    rows,
    ratios: aged.flatMap((cell) => ratios(cell, prng)),
    slowdowns: aged.flatMap((cell) =>
      VARIANTS.map((variant) => ({ ...cell, variant, ...estimate(lockCost(variant, cell), prng) })),
    ),
    overheads: cells()
      .slice(0, 4)
      .flatMap((cell) => VARIANTS.map((variant) => ({ ...cell, variant, ...estimate(1.07, prng) }))),
    curves: cells().flatMap((cell) => VARIANTS.flatMap((variant) => curves(variant, cell, prng))),
    timelines: aged
      .filter(({ phase, vcpus, faultWorkNs }) => phase === 'populate' && vcpus === 2 && faultWorkNs === 0)
      .flatMap((cell) => VARIANTS.map((variant) => timeline(variant, cell, prng))),
    warnings: ['read, 2 vCPUs: the interval of vcpuWall is wider than the difference that is asked for'],
    comparison: null,
    failures: [],
  };
}

function cells(): BenchCell[] {
  return PHASES.flatMap((phase) =>
    (isFaulting(phase) ? FAULT_WORKS_NS : [0]).flatMap((faultWorkNs) =>
      VCPUS.flatMap((vcpus) => AGINGS.map((aging) => ({ vcpus, phase, aging, faultWorkNs }))),
    ),
  );
}

function isFaulting(phase: PhaseName): boolean {
  return phase === 'populate' || phase === 'invalidate';
}

/** How much slower aging makes the vCPUs. */
function lockCost(variant: string, { phase, vcpus, aging }: BenchCell): number {
  if (aging === 'none') return 1;
  const cost = variant === 'mmu-lock-6.1' ? 0.22 * vcpus : 0.04;
  return 1 + (isFaulting(phase) ? cost : cost / 12);
}

function passNs(variant: string, { vcpus, phase }: BenchCell): number {
  const base = variant === 'mmu-lock-6.1' ? 9.1e5 * vcpus ** 1.5 : 2.2e5 * vcpus ** 0.9;
  return base * (isFaulting(phase) ? 2.5 : 1);
}

function noise(prng: Prng, share: number): number {
  return 1 + share * (prng.below(2001) / 1000 - 1);
}

function row(variant: string, cell: BenchCell, repeat: number, prng: Prng): BenchRow {
  const wall = 6.5e6 * cell.vcpus ** 0.2 * lockCost(variant, cell) * noise(prng, 0.06) + 8 * cell.faultWorkNs;
  const isAged = cell.aging !== 'none';
  return {
    ...cell,
    variant,
    repeat,
    crowdedIterations: 0,
    attempts: 1,
    iterations: 30,
    accesses: 4096 * cell.vcpus,
    vcpuWallNs: wall,
    agingPassNs: isAged ? passNs(variant, cell) * noise(prng, 0.15) : null,
    passes: isAged ? 84 : 0,
    measuredWallNs: wall * 1.07,
    accessNs: latency(130, prng),
    faultNs: isFaulting(cell.phase) ? latency(900, prng) : NOTHING,
    mmuLockWaitNs: isAged ? latency(4100, prng) : NOTHING,
    mmuLockHoldNs: isAged ? latency(2900, prng) : NOTHING,
    stillIdle: cell.phase === 'mark-idle' ? 0.0012 : null,
  };
}

function latency(median: number, prng: Prng): BenchLatency {
  const of = (factor: number): number => Math.round(median * factor * noise(prng, 0.1));
  return { count: COUNT, p50: of(1), p99: of(7), p99_9: of(31), p99_99: of(420), max: of(3000) };
}

function estimate(ratio: number, prng: Prng): Estimate {
  const middle = ratio * noise(prng, 0.04);
  return {
    ratio: middle,
    low: middle * (0.9 + prng.below(60) / 1000),
    high: middle * (1.03 + prng.below(90) / 1000),
    confidence: 0.9375,
    repeats: REPEATS,
  };
}

function ratios(cell: BenchCell, prng: Prng): BenchRatio[] {
  const [lock, lockless] = VARIANTS;
  const wall = lockCost(lock, cell) / lockCost(lockless, cell);
  const pass = passNs(lock, cell) / passNs(lockless, cell);
  return [
    { ...cell, metric: 'vcpuWall', variants: VARIANTS, ...estimate(wall, prng) },
    { ...cell, metric: 'agingPass', variants: VARIANTS, ...estimate(pass, prng) },
  ];
}

function curves(variant: string, cell: BenchCell, prng: Prng): BenchCurve[] {
  const isAged = cell.aging !== 'none';
  const medians: Readonly<Record<LatencyKind, number>> = {
    access: 130,
    fault: isFaulting(cell.phase) ? 900 + cell.faultWorkNs : 0,
    mmuLockWait: isAged ? (variant === 'mmu-lock-6.1' ? 90_000 : 3000) : 0,
    mmuLockHold: isAged ? 2900 : 0,
    agingPass: isAged ? passNs(variant, cell) : 0,
  };
  return Object.entries(medians).map(([kind, median]) => {
    const curve = sampleCurve(median * noise(prng, 0.2), COUNTS[kind as LatencyKind], kind === 'access' ? 0.25 : 0.6);
    const at = (percentile: number) => curve.points.find(([least]) => least >= percentile)?.[1] ?? null;
    const latency = { count: curve.count, p50: at(50), p99: at(99), p99_9: at(99.9), p99_99: at(99.99), max: at(100) };
    return { ...cell, variant, kind: kind as LatencyKind, latency, curve };
  });
}

/** Of a distribution with a long slow end; a median of 0: nothing was measured. */
export function sampleCurve(median: number, count: number, spread: number): LatencyCurve {
  if (median === 0) return { count: 0, points: [] };
  const points: [number, number][] = [];
  for (let above = 1; above * count >= 1; above *= 2 ** (-1 / 5)) {
    const nines = -Math.log10(above) - 0.3;
    points.push([100 * (1 - above), Math.round(median * Math.exp(spread * nines + 0.25 * Math.max(0, nines) ** 2.2))]);
  }
  points.push([100, Math.round((points.at(-1)?.[1] ?? 0) * 1.3)]);
  return { count, points };
}

const TIMELINE_NS = 6e6;

function timeline(variant: string, cell: BenchCell, prng: Prng): BenchTimeline {
  const holds = variant === 'mmu-lock-6.1';
  const threads = Array.from({ length: cell.vcpus }, (_, vcpu) => ({
    name: `vcpu${vcpu}`,
    spans: vcpuSpans(holds, prng),
  }));
  return {
    ...cell,
    variant,
    threads: [...threads, { name: 'aging', spans: agingSpans(holds, prng) }],
  };
}

function vcpuSpans(waitsLong: boolean, prng: Prng): TimelineSpan[] {
  const spans: TimelineSpan[] = [];
  for (let at = 2e4; at < TIMELINE_NS * 0.95; ) {
    const wait = prng.below(5) === 0 ? (waitsLong ? 3e5 : 2e4) * noise(prng, 0.8) : 0;
    const read = 2.5e4 * noise(prng, 0.5);
    spans.push({ kind: 'fault', startNs: at, durationNs: wait + read + 1.5e4 });
    if (wait > 0) spans.push({ kind: 'lock-wait', startNs: at + 5e3, durationNs: wait });
    spans.push({ kind: 'lock-read', startNs: at + 5e3 + wait, durationNs: read });
    at += wait + read + 1.5e4 + 3e4 * noise(prng, 0.9);
  }
  return spans;
}

function agingSpans(holds: boolean, prng: Prng): TimelineSpan[] {
  const spans: TimelineSpan[] = [];
  for (let at = 1e5; at < TIMELINE_NS * 0.9; ) {
    const pass = (holds ? 9e5 : 2.4e5) * noise(prng, 0.2);
    spans.push({ kind: 'aging-pass', startNs: at, durationNs: pass });
    for (let held = at; holds && held < at + pass - 6e4; held += 7e4) {
      spans.push(
        { kind: 'lock-wait', startNs: held, durationNs: 2e4 },
        { kind: 'lock-write', startNs: held + 2e4, durationNs: 4e4 },
      );
    }
    at += pass + 2e5;
  }
  return spans;
}
