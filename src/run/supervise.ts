import { setTimeout as sleep } from 'node:timers/promises';
import { openStartGate } from '../locks/start-gate.ts';
import type { ThreadMemory } from '../shared/thread-memory.ts';
import type { AgingResult } from '../stress/aging-run.ts';
import { heartbeatWord, STOP_AT_ONCE, STOP_WHEN_DONE, workDoneWord } from '../stress/control-words.ts';
import type { HostResult } from '../stress/host-run.ts';
import type { StressArena } from '../stress/stress-arena.ts';
import type { VcpuResult } from '../stress/vcpu-run.ts';
import { type Crew, type CrewResult, crewMembers } from './crew.ts';
import type { GangMember, GangOutcome } from './gang.ts';
import type { VariantProgress, VariantRunOptions } from './variant-run-options.ts';
import { Watchdog } from './watchdog.ts';

export interface Supervision {
  /** What each worker returned, undefined if it did not. */
  readonly vcpus: readonly (VcpuResult | undefined)[];
  readonly aging: AgingResult | undefined;
  readonly host: HostResult | undefined;
  /** From nothing to the open gate. */
  readonly setupSeconds: number;
  /** From the open gate to the end. */
  readonly seconds: number;
  /** What went wrong with the harness. */
  readonly failures: readonly string[];
}

const STARTUP_BOUND_MS = 30_000;
/** How long workers get to return after a failure, before their threads are ended: no longer than they may wait. */
const GRACE_MS = 5_000;
const POLL_MS = 5;
const LOOK_EVERY_MS = 200;

/** Opens the gate, keeps time, watches heartbeats, stops everybody, and collects what they return. Never hangs. */
export async function supervise(
  crew: Crew,
  m: ThreadMemory,
  arena: StressArena,
  options: VariantRunOptions,
  startedMs: number,
): Promise<Supervision> {
  const { control } = arena;
  const members = crewMembers(crew);
  const outcomes = new Map<string, GangOutcome<CrewResult>>();
  const failures: string[] = [];
  const stop = (how: number): void => {
    m.store(control.stop, Math.max(how, m.load(control.stop)));
    openStartGate(m, control.gate);
    m.wake(control.stop);
  };
  const fail = (message: string): void => {
    failures.push(message);
    stop(STOP_AT_ONCE);
  };
  const settled = members.map(async (member) => {
    const outcome = await member.outcome;
    outcomes.set(member.name, outcome);
    if (outcome.status === 'failed') fail(outcome.message);
  });
  const everybody = Promise.all(settled).then(() => true);
  const abort = (): void => stop(STOP_AT_ONCE);
  options.signal.addEventListener('abort', abort, { once: true });
  if (options.signal.aborted) abort();

  while (m.load(control.gate.arrived) < members.length && failures.length === 0) {
    if (performance.now() > startedMs + STARTUP_BOUND_MS) fail(`not every worker was ready in ${STARTUP_BOUND_MS} ms`);
    await sleep(POLL_MS);
  }
  const began = performance.now();
  const elapsedMs = (): number => performance.now() - began;
  openStartGate(m, control.gate);

  const graceMs = Math.min(GRACE_MS, options.config.waitBoundMs);
  const watchdog = new Watchdog(options.config.waitBoundMs);
  const stopAtMs = options.durationMs ?? Number.POSITIVE_INFINITY;
  let graceEndsMs = Number.POSITIVE_INFINITY;
  for (;;) {
    if (await either(everybody, Math.max(1, Math.min(LOOK_EVERY_MS, stopAtMs - elapsedMs())))) break;
    if (elapsedMs() >= stopAtMs) stop(STOP_WHEN_DONE);
    if (failures.length === 0) {
      const stuck = watchdog.look(performance.now(), heartbeats(members, outcomes, m, arena));
      for (const name of stuck) fail(`${name}: no sign of life for ${options.config.waitBoundMs} ms`);
    }
    if (failures.length > 0) graceEndsMs = Math.min(graceEndsMs, elapsedMs() + graceMs);
    if (elapsedMs() > graceEndsMs) break;
    options.onProgress?.(progressOf(options, m, arena, elapsedMs()));
  }
  options.signal.removeEventListener('abort', abort);

  const resultOf = <Result extends CrewResult>(member: GangMember<Result> | undefined): Result | undefined => {
    const outcome = member === undefined ? undefined : outcomes.get(member.name);
    return outcome?.status === 'returned' ? (outcome.result as Result) : undefined;
  };
  return {
    vcpus: crew.vcpus.map(resultOf),
    aging: resultOf(crew.aging),
    host: resultOf(crew.host),
    setupSeconds: (began - startedMs) / 1000,
    seconds: elapsedMs() / 1000,
    failures: [...failures],
  };
}

/** Whether the promise settles within that time. The timer does not outlive it. */
async function either(promise: Promise<boolean>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const timeout = sleep(ms, false, { signal: timer.signal }).catch(() => false);
  const settled = await Promise.race([promise, timeout]);
  timer.abort();
  return settled;
}

function heartbeats(
  members: readonly GangMember<CrewResult>[],
  outcomes: ReadonlyMap<string, unknown>,
  m: ThreadMemory,
  arena: StressArena,
): Map<string, number> {
  const beats = new Map<string, number>();
  members.forEach((member, thread) => {
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
