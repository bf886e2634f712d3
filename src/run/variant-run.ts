import type { RecordableHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStartGate } from '../locks/start-gate.ts';
import { initMemslot, initVm } from '../mmu/create-vm.ts';
import { type PropertyId, propertyIds, type TolerationId, tolerationIds } from '../shared/property.ts';
import { ThreadMemory } from '../shared/thread-memory.ts';
import type { AgingResult, AgingTask } from '../stress/aging-run.ts';
import { heartbeatWord, workDoneWord } from '../stress/control-words.ts';
import type { HostResult } from '../stress/host-run.ts';
import { createStressArena, type StressArena } from '../stress/stress-arena.ts';
import type { StressConfig } from '../stress/stress-config.ts';
import type { VcpuResult, VcpuTask } from '../stress/vcpu-run.ts';
import type { Sabotage, WorkerTask } from '../stress/worker-thread.ts';
import { Gang, type GangMember, type GangOutcome } from './gang.ts';
import { createLatencyHistogram, summarize } from './latency.ts';
import type { StressFinding, StressVerdict, VariantResult } from './stress-result.ts';
import { Watchdog } from './watchdog.ts';

export interface VariantRunOptions {
  readonly config: StressConfig;
  readonly durationMs: number | null;
  /** Packed accesses, shared, with workload `trace`. */
  readonly trace: Int32Array | null;
  /** Stops the run early, with partial results. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: VariantProgress) => void;
  /** Test of the harness: what to do to one worker. */
  readonly sabotage?: { readonly worker: string; readonly how: Sabotage };
}

export interface VariantProgress {
  readonly variant: string;
  readonly seconds: number;
  readonly durationMs: number | null;
  readonly accesses: number;
  readonly agingCalls: number;
}

export interface VariantRun {
  readonly result: VariantResult;
  readonly findings: readonly StressFinding[];
}

type AnyResult = VcpuResult | AgingResult | HostResult;

const STARTUP_BOUND_MS = 30_000;
/** How long workers get to return after they were told to stop, before their threads are ended. */
const GRACE_MS = 5_000;
const POLL_MS = 5;
const LOOK_EVERY_MS = 200;

/** Runs one variant: a gang of vCPUs, the aging thread and the host over a fresh arena. */
export async function runVariant(options: VariantRunOptions): Promise<VariantRun> {
  const { config } = options;
  const arena = createStressArena(config);
  const words = new Int32Array(new SharedArrayBuffer(arena.layout.wordCount * Int32Array.BYTES_PER_ELEMENT));
  const m = new ThreadMemory(words, { waiters: arena.waiters, layout: arena.layout });
  initVm(m, arena.vm);
  arena.slots.forEach((slot, index) => {
    initMemslot(m, arena.vm, index, slot);
  });

  const histograms = createHistograms(config.vcpus, arena.threads);
  const gang = new Gang(arena.threads);
  try {
    const members = startMembers(gang, options, arena, words, histograms);
    const supervision = await supervise(members, m, arena, options);
    return summarizeRun(options, histograms, supervision);
  } finally {
    await gang.end();
  }
}

interface Histograms {
  readonly access: RecordableHistogram[];
  readonly fault: RecordableHistogram[];
  readonly mmuLockWait: RecordableHistogram[];
  readonly agingPass: RecordableHistogram;
}

function createHistograms(vcpus: number, threads: number): Histograms {
  const several = (count: number) => Array.from({ length: count }, createLatencyHistogram);
  return {
    access: several(vcpus),
    fault: several(vcpus),
    mmuLockWait: several(threads),
    agingPass: createLatencyHistogram(),
  };
}

interface Members {
  readonly vcpus: readonly GangMember<VcpuResult>[];
  readonly aging: GangMember<AgingResult>;
  readonly host: GangMember<HostResult> | undefined;
}

function startMembers(
  gang: Gang,
  options: VariantRunOptions,
  arena: StressArena,
  words: Int32Array,
  histograms: Histograms,
): Members {
  const { config, trace, sabotage } = options;
  const common = (name: string, thread: number): WorkerTask => ({
    config,
    words,
    mmuLockWait: histograms.mmuLockWait[thread] as RecordableHistogram,
    ...(sabotage?.worker === name ? { sabotage: sabotage.how } : {}),
  });
  const vcpus = Array.from({ length: config.vcpus }, (_, vcpu) => {
    const task: VcpuTask = {
      ...common(`vcpu${vcpu}`, vcpu),
      vcpu,
      trace,
      access: histograms.access[vcpu] as RecordableHistogram,
      fault: histograms.fault[vcpu] as RecordableHistogram,
    };
    return gang.start<VcpuTask, VcpuResult>(`vcpu${vcpu}`, 'vcpu', task);
  });
  const agingTask: AgingTask = { ...common('aging', arena.agingThread), agingPass: histograms.agingPass };
  const aging = gang.start<AgingTask, AgingResult>('aging', 'aging', agingTask);
  const host =
    arena.hostThread < 0
      ? undefined
      : gang.start<WorkerTask, HostResult>('host', 'host', common('host', arena.hostThread));
  return { vcpus, aging, host };
}

interface Supervision {
  readonly vcpus: readonly (VcpuResult | undefined)[];
  readonly aging: AgingResult | undefined;
  readonly host: HostResult | undefined;
  readonly seconds: number;
  readonly failures: readonly string[];
}

/** Opens the gate, keeps time, watches heartbeats, stops everybody, and collects what they return. Never hangs. */
async function supervise(
  members: Members,
  m: ThreadMemory,
  arena: StressArena,
  options: VariantRunOptions,
): Promise<Supervision> {
  const { control } = arena;
  const all: readonly GangMember<AnyResult>[] = [
    ...members.vcpus,
    members.aging,
    ...(members.host === undefined ? [] : [members.host]),
  ];
  const outcomes = new Map<string, GangOutcome<AnyResult>>();
  const failures: string[] = [];
  const stop = (): void => {
    m.store(control.stop, 1);
    openStartGate(m, control.gate);
    m.wake(control.stop);
  };
  const settled = all.map(async (member) => {
    const outcome = await member.outcome;
    outcomes.set(member.name, outcome);
    if (outcome.status === 'failed') {
      failures.push(outcome.message);
      stop();
    }
  });
  const everybody = Promise.all(settled).then(() => true);

  const startupEnds = performance.now() + STARTUP_BOUND_MS;
  while (m.load(control.gate.arrived) < all.length && failures.length === 0) {
    if (performance.now() > startupEnds) failures.push(`not every worker was ready within ${STARTUP_BOUND_MS} ms`);
    await sleep(POLL_MS);
  }
  const began = performance.now();
  const elapsedMs = (): number => performance.now() - began;
  openStartGate(m, control.gate);

  const watchdog = new Watchdog(options.config.waitBoundMs);
  const deadline = options.durationMs ?? Number.POSITIVE_INFINITY;
  let stopAt = failures.length > 0 ? 0 : deadline;
  let graceEnds = Number.POSITIVE_INFINITY;
  const abort = (): void => {
    stopAt = 0;
    stop();
  };
  if (options.signal.aborted) abort();
  options.signal.addEventListener('abort', abort, { once: true });
  let done = false;
  while (!done) {
    const untilStop = Math.max(1, Math.min(LOOK_EVERY_MS, stopAt - elapsedMs()));
    const timer = new AbortController();
    done = await Promise.race([everybody, sleep(untilStop, false, { signal: timer.signal }).catch(() => false)]);
    timer.abort();
    if (done) break;
    if (elapsedMs() >= stopAt) stop();
    const stuck = watchdog.look(performance.now(), heartbeats(all, outcomes, m, arena));
    if (stuck.length > 0 && graceEnds === Number.POSITIVE_INFINITY) {
      failures.push(...stuck.map((name) => `${name}: no sign of life for ${options.config.waitBoundMs} ms`));
      stop();
    }
    if (failures.length > 0) graceEnds = Math.min(graceEnds, elapsedMs() + GRACE_MS);
    if (elapsedMs() > graceEnds) break;
    options.onProgress?.(progressOf(options, m, arena, elapsedMs()));
  }
  options.signal.removeEventListener('abort', abort);

  const resultOf = <Result extends AnyResult>(member: GangMember<Result> | undefined): Result | undefined => {
    const outcome = member === undefined ? undefined : outcomes.get(member.name);
    return outcome?.status === 'returned' ? (outcome.result as Result) : undefined;
  };
  return {
    vcpus: members.vcpus.map(resultOf),
    aging: resultOf(members.aging),
    host: resultOf(members.host),
    seconds: elapsedMs() / 1000,
    failures: [...failures],
  };
}

function heartbeats(
  all: readonly GangMember<AnyResult>[],
  outcomes: ReadonlyMap<string, unknown>,
  m: ThreadMemory,
  arena: StressArena,
): Map<string, number> {
  const beats = new Map<string, number>();
  all.forEach((member, thread) => {
    if (!outcomes.has(member.name)) beats.set(member.name, m.load(heartbeatWord(arena.control, thread)));
  });
  return beats;
}

function progressOf(
  options: VariantRunOptions,
  m: ThreadMemory,
  arena: StressArena,
  elapsedMs: number,
): VariantProgress {
  let accesses = 0;
  for (let vcpu = 0; vcpu < options.config.vcpus; vcpu++) {
    accesses += m.load(workDoneWord(arena.control, vcpu)) >>> 0;
  }
  return {
    variant: options.config.variant,
    seconds: elapsedMs / 1000,
    durationMs: options.durationMs,
    accesses,
    agingCalls: m.load(workDoneWord(arena.control, arena.agingThread)) >>> 0,
  };
}

function summarizeRun(options: VariantRunOptions, histograms: Histograms, supervision: Supervision): VariantRun {
  const { config } = options;
  const { vcpus, aging, host, seconds, failures } = supervision;
  const threads: readonly (readonly [string, AnyResult | undefined])[] = [
    ...vcpus.map((result, vcpu) => [`vcpu${vcpu}`, result] as const),
    ['aging', aging],
    ['host', host],
  ];
  const returned = threads.flatMap(([, result]) => (result === undefined ? [] : [result]));
  const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
    items.reduce((total, item) => total + of(item), 0);
  const vcpuResults = vcpus.flatMap((result) => (result === undefined ? [] : [result]));

  const exercised: Readonly<Record<PropertyId, boolean>> = {
    'access-lost': (aging?.passes ?? 0) > 0,
    'access-misreported': (aging?.passes ?? 0) > 0,
    'use-after-invalidate': (host?.invalidations ?? 0) > 0,
    'use-after-free': (host?.zapAlls ?? 0) > 0 && (aging?.calls ?? 0) > 0,
  };
  const violations = Object.fromEntries(
    propertyIds.map((property) => {
      const count = sum(returned, (result) => result.findings.violations[property] ?? 0);
      return [property, count === 0 && !exercised[property] ? null : count];
    }),
  ) as Record<PropertyId, number | null>;
  const tolerated = Object.fromEntries(
    tolerationIds.map((reason) => [reason, sum(returned, (result) => result.findings.tolerated[reason] ?? 0)]),
  ) as Record<TolerationId, number>;
  const violated = propertyIds.some((property) => (violations[property] ?? 0) > 0);
  const verdict: StressVerdict =
    failures.length > 0 ? 'harness-failure' : violated ? 'violated' : options.signal.aborted ? 'interrupted' : 'clean';

  const accesses = sum(vcpuResults, (result) => result.accesses);
  const findings = threads.flatMap(([thread, result]) =>
    (result?.findings.details ?? []).map(
      (finding): StressFinding => ({
        variant: config.variant,
        mutant: config.mutant,
        property: finding.property,
        page: finding.page < 0 ? null : finding.page,
        thread,
        detail: finding.detail,
      }),
    ),
  );
  const result: VariantResult = {
    variant: config.variant,
    mutant: config.mutant,
    verdict,
    accesses,
    pulseAccesses: sum(vcpuResults, (result) => result.pulseAccesses),
    accessesPerSecond: Math.round(accesses / seconds),
    seconds,
    faults: sum(vcpuResults, (result) => result.faults),
    tlbHits: sum(vcpuResults, (result) => result.tlbHits),
    agingCalls: aging?.calls ?? 0,
    agingPasses: aging?.passes ?? 0,
    pulses: aging?.pulses ?? 0,
    youngReported: aging?.youngReported ?? 0,
    invalidations: host?.invalidations ?? 0,
    zapAlls: host?.zapAlls ?? 0,
    epochResets: aging?.epochResets ?? 0,
    lostWakeups: sum(returned, (result) => result.lostWakeups),
    violations,
    tolerated,
    latencyNs: {
      access: summarize(histograms.access),
      fault: summarize(histograms.fault),
      agingPass: summarize([histograms.agingPass]),
      mmuLockWait: summarize(histograms.mmuLockWait),
    },
    failures,
  };
  return { result, findings };
}
