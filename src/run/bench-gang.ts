import type { RecordableHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchArena, createBenchArena } from '../bench/bench-arena.ts';
import { agingModes, type BenchCell, type GangConfig, phaseNames } from '../bench/bench-config.ts';
import {
  type BenchTask,
  createSharedRecords,
  MAX_PASSES,
  type SharedRecords,
  type VcpuBenchTask,
} from '../bench/bench-task.ts';
import { heartbeatWord } from '../bench/control-words.ts';
import { openStartGate } from '../locks/start-gate.ts';
import { initMemslot, initVm } from '../mmu/create-vm.ts';
import { HarnessError } from '../shared/harness-error.ts';
import { ThreadMemory } from '../shared/thread-memory.ts';
import { Gang, type GangMember } from './gang.ts';
import { createLatencyHistogram } from './latency.ts';
import { Watchdog } from './watchdog.ts';

/** What a measured run left behind. The arrays are the run's own. */
export interface CellRecords {
  readonly plainWallsNs: Float64Array;
  readonly recordedWallsNs: Float64Array;
  readonly passesNs: Float64Array;
  /** Plain iterations in which a thread was without a core for a good part of the time. */
  readonly crowdedIterations: number;
  /** Null where nobody asked. */
  readonly stillIdle: number | null;
}

/** Latencies that a gang records: those of each thread in its own histogram, for the current run. */
export interface GangHistograms {
  /** By vCPU. */
  readonly access: readonly RecordableHistogram[];
  readonly fault: readonly RecordableHistogram[];
  /** By thread, vCPUs first. */
  readonly mmuLockWait: readonly RecordableHistogram[];
  readonly mmuLockHold: readonly RecordableHistogram[];
}

/** Test of the harness: what to do to one thread. */
export interface GangSabotage {
  readonly thread: number;
  readonly how: 'die' | 'hang';
}

const STARTUP_BOUND_MS = 30_000;
/** Rarely, since the main thread takes its time from those that are measured. */
const POLL_MS = 5;

/** vCPUs, an aging thread and a host over one arena, kept for several measured runs. Between runs they sleep. */
export class BenchGang {
  readonly config: GangConfig;
  readonly arena: BenchArena;
  readonly histograms: GangHistograms;
  readonly records: SharedRecords;
  readonly #gang: Gang;
  readonly #m: ThreadMemory;
  readonly #members: GangMember<void>[] = [];
  #watchdog: Watchdog;
  #failure: string | undefined;
  #runs = 0;

  private constructor(config: GangConfig, roundsPerMicrosecond: number, sabotage: GangSabotage | undefined) {
    this.config = config;
    this.arena = createBenchArena(config);
    const { layout, waiters, vm, slot, threads } = this.arena;
    const words = new Int32Array(new SharedArrayBuffer(layout.wordCount * Int32Array.BYTES_PER_ELEMENT));
    this.#m = new ThreadMemory(words, { waiters, layout });
    initVm(this.#m, vm);
    initMemslot(this.#m, vm, 0, slot);
    const several = (count: number) => Array.from({ length: count }, createLatencyHistogram);
    this.histograms = {
      access: several(config.vcpus),
      fault: several(config.vcpus),
      mmuLockWait: several(threads),
      mmuLockHold: several(threads),
    };
    this.records = createSharedRecords(threads, config.vcpus);
    this.#watchdog = new Watchdog(config.waitBoundMs);
    this.#gang = new Gang(threads);
    const { access, fault, mmuLockWait, mmuLockHold } = this.histograms;
    for (let thread = 0; thread < threads; thread++) {
      const at = (histograms: readonly RecordableHistogram[]) =>
        (histograms[thread] ?? histograms[0]) as RecordableHistogram;
      const task: BenchTask = {
        config,
        words,
        records: this.records,
        sinks: { access: at(access), fault: at(fault), mmuLockWait: at(mmuLockWait), mmuLockHold: at(mmuLockHold) },
        roundsPerMicrosecond,
        ...(sabotage?.thread === thread ? { sabotage: sabotage.how } : {}),
      };
      if (thread < config.vcpus) this.#start<VcpuBenchTask>(`vcpu${thread}`, 'bench-vcpu', { ...task, vcpu: thread });
      else if (thread === this.arena.agingThread) this.#start('aging', 'bench-aging', task);
      else this.#start('host', 'bench-host', task);
    }
  }

  /** Starts the threads and waits until all of them are there. */
  static async start(config: GangConfig, roundsPerMicrosecond: number, sabotage?: GangSabotage): Promise<BenchGang> {
    const gang = new BenchGang(config, roundsPerMicrosecond, sabotage);
    try {
      await gang.#allArrived();
    } catch (error) {
      await gang.end();
      throw error;
    }
    return gang;
  }

  /**
   * Measures a cell once.
   *
   * @returns undefined if the signal came first: what was measured is not whole
   * @throws HarnessError if a thread died or hangs
   */
  async run(
    cell: BenchCell,
    durationMs: number,
    timeline: boolean,
    signal: AbortSignal,
  ): Promise<CellRecords | undefined> {
    const { control } = this.arena;
    for (const kind of Object.values(this.histograms)) for (const histogram of kind) histogram.reset();
    this.records.spanCounts.fill(0);
    this.#m.store(control.phase, phaseNames.indexOf(cell.phase));
    this.#m.store(control.aging, agingModes.indexOf(cell.aging));
    this.#m.store(control.faultWorkNs, cell.faultWorkNs);
    this.#m.store(control.durationMs, durationMs);
    this.#m.store(control.timeline, timeline ? 1 : 0);
    this.#m.store(control.ordered, ++this.#runs);
    this.#m.wake(control.ordered);
    // Between runs nobody looked, so what it knows is old.
    this.#watchdog = new Watchdog(this.config.waitBoundMs);
    while (this.#m.load(control.over) !== this.#runs) {
      if (signal.aborted) return undefined;
      this.#look();
      await sleep(POLL_MS);
    }
    this.#look();
    return this.#collect();
  }

  /** Stops the threads; those that do not return are ended. */
  async end(): Promise<void> {
    this.#m.store(this.arena.control.stop, 1);
    const { gate, step, ordered } = this.arena.control;
    openStartGate(this.#m, gate);
    this.#m.wake(step);
    this.#m.wake(ordered);
    const returned = Promise.all(this.#members.map((member) => member.outcome));
    const timer = new AbortController();
    await Promise.race([returned, sleep(1000, undefined, { signal: timer.signal }).catch(() => {})]);
    timer.abort();
    await this.#gang.end();
  }

  #start<Task>(name: string, worker: 'bench-vcpu' | 'bench-aging' | 'bench-host', task: Task): void {
    const member = this.#gang.start<Task, void>(name, worker, task);
    this.#members.push(member);
    void member.outcome.then((outcome) => {
      if (outcome.status === 'failed') this.#failure ??= outcome.message;
    });
  }

  async #allArrived(): Promise<void> {
    const { gate } = this.arena.control;
    const deadline = performance.now() + STARTUP_BOUND_MS;
    while (this.#m.load(gate.arrived) < this.arena.threads) {
      if (this.#failure !== undefined) throw new HarnessError(this.#failure);
      if (performance.now() > deadline) throw new HarnessError(`not every worker was ready in ${STARTUP_BOUND_MS} ms`);
      await sleep(POLL_MS);
    }
    openStartGate(this.#m, gate);
  }

  /** @throws HarnessError if a thread has died, or shows no sign of life */
  #look(): void {
    if (this.#failure !== undefined) throw new HarnessError(this.#failure);
    const beats = new Map(
      this.#members.map(({ name }, thread) => [name, this.#m.load(heartbeatWord(this.arena.control, thread))]),
    );
    const [stuck] = this.#watchdog.look(performance.now(), beats);
    if (stuck !== undefined) throw new HarnessError(`${stuck}: no sign of life for ${this.config.waitBoundMs} ms`);
  }

  #collect(): CellRecords {
    const { control } = this.arena;
    const { plainWalls, recordedWalls, passes, idle } = this.records;
    const pagesAsked = idle[1] as number;
    return {
      plainWallsNs: plainWalls.slice(0, this.#m.load(control.plainIterations)),
      recordedWallsNs: recordedWalls.slice(0, this.#m.load(control.recordedIterations)),
      passesNs: passes.slice(0, Math.min(MAX_PASSES, this.#m.load(control.passes))),
      crowdedIterations: this.#m.load(control.crowdedIterations),
      stillIdle: pagesAsked === 0 ? null : (idle[0] as number) / pagesAsked,
    };
  }
}
