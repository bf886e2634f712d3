import { zapAllFast } from '../mmu/zap-root.ts';
import { takePagesBack } from '../notifier/host-pages.ts';
import type { Prng } from '../shared/prng.ts';
import { derivePrng } from '../shared/seed.ts';
import { phaseNames } from './bench-config.ts';
import { type BenchTask, MAX_ITERATIONS } from './bench-task.ts';
import { BenchThread, NO_AGING } from './bench-thread.ts';
import { clockNs } from './clock.ts';
import { type PhaseScript, phaseScript } from './phase-script.ts';
import { Recording, type Step, Work } from './step.ts';

/** Longest range that the host takes back at once under `invalidate`, in pages. */
const MAX_INVALIDATED_PAGES = 64;
/** Where marking pages idle takes longer than touching them, most of a run is not measured: it ends in that many times its time. */
const PREPARED_FACTOR = 2;
/** But not before so many pairs of iterations. */
const LEAST_PAIRS = 3;
/** A thread that was without a core for more than this part of an iteration shared one. */
const CROWDED_PART = 0.1;
/** What threads may wait when they meet before it. */
const MEETING_NS = 100_000;
/** Longest sleep between two looks at the clock. */
const SLICE_MS = 1;

/**
 * The host of a latency run. It tells the others what to do, step by step, drops the guest's memory between iterations of
 * `populate`, and takes pages back under `invalidate`. While vCPUs are measured it sleeps otherwise.
 */
export function runBenchHost(task: BenchTask): void {
  new HostThread(task).run();
}

class HostThread {
  readonly #task: BenchTask;
  readonly #worker: BenchThread;
  readonly #ranges: Prng;
  /** The longest that a thread was without a core in the last iteration. */
  #waitedNs = 0;

  constructor(task: BenchTask) {
    this.#task = task;
    this.#worker = new BenchThread(task, (arena) => arena.hostThread);
    this.#ranges = derivePrng(task.config.seed, 'host ranges');
  }

  run(): void {
    const worker = this.#worker;
    const { control, m } = worker;
    worker.passGate();
    worker.wheneverChanged(control.ordered, (run) => {
      this.#measure();
      m.store(control.over, run);
    });
  }

  /**
   * One measured run: an iteration that warms up, then pairs of a plain one and one that records latencies, each going first
   * by turns, until they have taken as long as was asked for, or so many times as long with what prepares them.
   */
  #measure(): void {
    const { m, control } = this.#worker;
    const { records } = this.#task;
    const script = phaseScript(phaseNames[m.load(control.phase)] as (typeof phaseNames)[number]);
    const durationNs = m.load(control.durationMs) * 1e6;
    m.store(control.plainIterations, 0);
    m.store(control.recordedIterations, 0);
    m.store(control.passes, 0);
    m.store(control.crowdedIterations, 0);
    records.idle.fill(0);
    for (const work of script.first) this.#prepare(work);
    this.#iterate(script, Recording.none);
    const deadlineNs = clockNs() + PREPARED_FACTOR * durationNs;
    const isOver = (pair: number) => elapsedNs >= durationNs || (clockNs() > deadlineNs && pair >= LEAST_PAIRS);
    let elapsedNs = 0;
    for (let pair = 0; !isOver(pair) && pair < MAX_ITERATIONS && !this.#worker.stopped; pair++) {
      for (let turn = 0; turn < 2; turn++) {
        const plain = (pair + turn) % 2 === 0;
        const wallNs = this.#iterate(script, plain ? Recording.plain : Recording.latencies);
        if (this.#worker.stopped) return;
        (plain ? records.plainWalls : records.recordedWalls)[pair] = wallNs;
        m.add(plain ? control.plainIterations : control.recordedIterations, 1);
        if (plain && this.#isCrowded(wallNs)) m.add(control.crowdedIterations, 1);
        elapsedNs += wallNs;
      }
    }
    if (m.load(control.timeline) !== 0) this.#iterate(script, Recording.spans);
  }

  /** Prepares and measures once; the vCPUs' time, from the first one's beginning to the last one's end, in nanoseconds. */
  #iterate(script: PhaseScript, recording: Recording): number {
    const { m, control } = this.#worker;
    const { records } = this.#task;
    if (script.drops) this.#dropEverything();
    for (const work of script.before) this.#prepare(work);
    const step = {
      work: script.measured,
      rounds: script.rounds,
      aging: m.load(control.aging),
      recording,
      faultWorkNs: m.load(control.faultWorkNs),
    };
    this.#begin(step);
    if (script.invalidates) this.#invalidateMeanwhile(recording);
    if (!this.#end()) return 0;
    const wallNs = this.#wallNs();
    this.#waitedNs = Math.max(...records.coreWaits);
    if (script.asksIdle) this.#countIdle(recording);
    return wallNs;
  }

  #isCrowded(wallNs: number): boolean {
    return this.#waitedNs > CROWDED_PART * wallNs + MEETING_NS;
  }

  #prepare(work: Work): void {
    this.#begin({ work, rounds: 1, aging: NO_AGING, recording: Recording.none, faultWorkNs: 0 });
    this.#end();
  }

  #begin(step: Step): void {
    const { m, control } = this.#worker;
    this.#task.records.coreWaits.fill(0);
    m.store(control.stepWork, step.work);
    m.store(control.stepRounds, step.rounds);
    m.store(control.stepAging, step.aging);
    m.store(control.stepRecording, step.recording);
    m.store(control.stepFaultWorkNs, step.faultWorkNs);
    m.store(control.halfway, 0);
    m.store(control.arrived, 0);
    m.store(control.vcpusDone, 0);
    m.store(control.agingDone, 0);
    m.store(control.foundYoung, 0);
    this.#worker.announce(control.step);
  }

  /** Waits for everybody; false if the gang stops first. */
  #end(): boolean {
    const { control } = this.#worker;
    return (
      this.#worker.waitForValue(control.vcpusDone, this.#task.config.vcpus) &&
      this.#worker.waitForValue(control.agingDone, 1)
    );
  }

  #wallNs(): number {
    const { stamps } = this.#task.records;
    let began = Number.POSITIVE_INFINITY;
    let ended = 0;
    for (let vcpu = 0; vcpu < this.#task.config.vcpus; vcpu++) {
      began = Math.min(began, stamps[2 * vcpu] as number);
      ended = Math.max(ended, stamps[2 * vcpu + 1] as number);
    }
    return ended - began;
  }

  /** Marks idle what has just been touched: pages of which that says that they were idle already have not been noticed. */
  #countIdle(recording: Recording): void {
    const { m, control, arena } = this.#worker;
    this.#prepare(Work.markIdle);
    if (recording !== Recording.plain || m.load(control.aging) !== NO_AGING) return;
    const { idle } = this.#task.records;
    idle[0] = (idle[0] as number) + arena.pages - m.load(control.foundYoung);
    idle[1] = (idle[1] as number) + arena.pages;
  }

  #dropEverything(): void {
    const { m, arena, thread } = this.#worker;
    takePagesBack(m, arena.vm, thread, 0, arena.pages);
    zapAllFast(m, arena.vm, thread);
    this.#worker.beat();
  }

  /** Takes ranges of pages back, at the rate that was asked for, while the vCPUs run. */
  #invalidateMeanwhile(recording: Recording): void {
    const worker = this.#worker;
    const { m, control, arena, thread, sink } = worker;
    const { vcpus, invalidateRate } = this.#task.config;
    sink.recording = recording;
    const began = clockNs();
    for (let done = 0; !worker.stopped; ) {
      const vcpusDone = m.load(control.vcpusDone);
      if (vcpusDone === vcpus) break;
      if (done < ((clockNs() - began) / 1e9) * invalidateRate) {
        const first = this.#ranges.below(arena.pages);
        const end = Math.min(arena.pages, first + 1 + this.#ranges.below(MAX_INVALIDATED_PAGES));
        const spanBegan = sink.spans.begin();
        takePagesBack(m, arena.vm, thread, first, end);
        if (recording === Recording.spans) sink.spans.end('invalidate', spanBegan);
        done++;
      } else m.pause(control.vcpusDone, vcpusDone, SLICE_MS);
      worker.beat();
    }
    sink.recording = Recording.none;
    sink.drain();
  }
}
