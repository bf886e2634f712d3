import { infoWord } from '../mmu/tables.ts';
import { INFO_STAMP } from '../mmu/vm.ts';
import { agingTakesTurns } from '../notifier/aging.ts';
import { PAGE_BYTES } from '../notifier/byte-range.ts';
import { mmuNotifierClearYoung, mmuNotifierTestYoung } from '../notifier/subscribers.ts';
import { clearBitmap, testBitmapBit } from '../shared/bitmap.ts';
import { HarnessError } from '../shared/harness-error.ts';
import type { Prng } from '../shared/prng.ts';
import { derivePrng } from '../shared/seed.ts';
import { AgingRecorder, OLD, UNCOVERED, YOUNG } from '../verify/aging-recorder.ts';
import type { Findings } from '../verify/findings.ts';
import type { DurationSink } from '../verify/recorder.ts';
import { STOP_WHEN_DONE } from './control-words.ts';
import { type PageAgeMap, PageAges } from './page-ages.ts';
import { now, type WorkerTask, WorkerThread } from './worker-thread.ts';

export interface AgingTask extends WorkerTask {
  readonly agingPass: DurationSink;
}

export interface AgingResult {
  readonly calls: number;
  /** Whole passes over all pages. */
  readonly passes: number;
  readonly pulses: number;
  readonly epochResets: number;
  readonly youngReported: number;
  readonly lostWakeups: number;
  readonly pageAges: PageAgeMap;
  readonly findings: Pick<Findings, 'violations' | 'tolerated' | 'details'>;
}

/**
 * The aging thread: passes over all pages, batch by batch. With a bitmap it tests a batch, then clears what was young,
 * as version 3's MGLRU does; where the notifier calls that unreliable, it clears page by page, as MGLRU does otherwise.
 */
export function runAging(task: AgingTask): AgingResult {
  return new AgingRun(task).run();
}

class AgingRun {
  readonly #task: AgingTask;
  readonly #worker: WorkerThread;
  readonly #recorder: AgingRecorder;
  readonly #offsets: Prng;
  /** What the batch's calls said of each page. */
  readonly #said: Uint8Array;
  readonly #ages: PageAges;
  /** When the last call ended. */
  #ended = 0;
  #pageByPage = false;
  #calls = 0;
  #passes = 0;
  #pulses = 0;
  #epochResets = 0;

  constructor(task: AgingTask) {
    this.#task = task;
    this.#worker = new WorkerThread(task, (arena) => arena.agingThread);
    const { vm, oracle } = this.#worker.arena;
    this.#recorder = new AgingRecorder({
      words: task.words,
      oracle,
      rootZapsExcuse: !vm.rules.agesInvalidRoots ? 'invalid-root' : agingTakesTurns(vm) ? null : 'zapped',
      rcuEpoch: vm.rcu.epoch,
      mmuLockWait: task.mmuLockWait,
      now,
      stampWord: (table) => infoWord(vm, table, INFO_STAMP),
    });
    this.#worker.m.sink = this.#recorder;
    this.#worker.hasViolation = () => this.#recorder.findings.hasViolation;
    this.#offsets = derivePrng(task.config.seed, 'aging offsets');
    this.#said = new Uint8Array(task.config.batch);
    this.#ages = new PageAges(task.config.pages);
  }

  run(): AgingResult {
    const worker = this.#worker;
    const { control } = worker.arena;
    const { vcpus, passes, epochLimit } = this.#task.config;
    worker.passGate();
    this.#ages.begin(now());
    while (!this.#allDone()) {
      this.#pass();
      if (passes !== null && this.#passes >= passes) this.#stop();
      if (worker.m.load(control.pulseArrived) === vcpus) this.#pulse();
      if (this.#recorder.epoch > epochLimit) this.#resetEpochs();
    }
    const { violations, tolerated, details } = this.#recorder.findings;
    return {
      calls: this.#calls,
      passes: this.#passes,
      pulses: this.#pulses,
      epochResets: this.#epochResets,
      youngReported: this.#recorder.youngReported,
      lostWakeups: worker.m.lostWakeups,
      pageAges: this.#ages.map(),
      findings: { violations, tolerated, details },
    };
  }

  #allDone(): boolean {
    return this.#worker.stopped || this.#worker.m.load(this.#worker.arena.control.finished) === this.#task.config.vcpus;
  }

  #stop(): void {
    const { m, arena } = this.#worker;
    m.compareExchange(arena.control.stop, 0, STOP_WHEN_DONE);
  }

  /** Lets the vCPUs touch each page once while passes run, then runs a whole pass that nobody disturbs. */
  #pulse(): void {
    const { m, arena } = this.#worker;
    const { control } = arena;
    m.store(control.pulseArrived, 0);
    m.store(control.pulseTouched, 0);
    this.#worker.announce(control.pulseBegun);
    do {
      if (!this.#pass()) return;
    } while (m.load(control.pulseTouched) < this.#task.config.vcpus);
    if (!this.#pass()) return;
    this.#pulses++;
    this.#worker.announce(control.pulseEnded);
  }

  /** Parks all other threads and starts the oracle's epochs again, long before they wrap. */
  #resetEpochs(): void {
    const { m, arena } = this.#worker;
    const { control, threads } = arena;
    m.store(control.pause, 1);
    const others = threads - 1;
    const deadline = now() + this.#task.config.waitBoundMs * 1e6;
    while (m.load(control.parked) + m.load(control.returned) < others) {
      if (this.#worker.stopped) return;
      if (now() > deadline) throw new HarnessError('not every thread parked for a reset of the epochs');
      m.pause(control.parked, m.load(control.parked), 1);
    }
    this.#recorder.reset();
    this.#epochResets++;
    m.store(control.pause, 0);
    m.wake(control.pause);
    // A thread that still looks parked would let the next reset begin too early.
    this.#worker.waitFor(control.parked, (parked) => parked === 0);
  }

  /** False if the run stopped before the pass was whole. */
  #pass(): boolean {
    const { pages, batch } = this.#task.config;
    let nanoseconds = 0;
    for (let first = 0; first < pages; first += batch) {
      if (this.#worker.stopped) return false;
      const calls = this.#calls;
      nanoseconds += this.#ageBatch(first, Math.min(batch, pages - first));
      this.#ages.look(this.#ended);
      this.#worker.beat(this.#calls - calls);
    }
    this.#passes++;
    this.#task.agingPass.record(Math.max(1, Math.round(nanoseconds)));
    return true;
  }

  /** Nanoseconds spent in calls. */
  #ageBatch(first: number, count: number): number {
    if (this.#pageByPage) return this.#clearPageByPage(first, count);
    const { m, arena, thread } = this.#worker;
    const { vm, bitmap } = arena;
    const { start, end } = this.#bytes(first, count);
    clearBitmap(m, bitmap, count);
    this.#recorder.beginCall();
    const testBegan = now();
    const tested = mmuNotifierTestYoung(m, vm, thread, start, end, bitmap);
    this.#ended = now();
    let nanoseconds = this.#ended - testBegan;
    this.#calls++;
    this.#recorder.endCall();
    if (tested.answer === 'unreliable') {
      this.#pageByPage = true;
      return nanoseconds + this.#clearPageByPage(first, count);
    }
    const last = first + count - 1;
    for (let page = first; page <= last; page++) {
      this.#recorder.judgeTest(page, testBitmapBit(m, bitmap, last - page) ? YOUNG : OLD);
    }
    if (tested.answer !== 'young') return nanoseconds;

    this.#recorder.beginCall();
    const clearBegan = now();
    const cleared = mmuNotifierClearYoung(m, vm, thread, start, end, bitmap);
    this.#ended = now();
    nanoseconds += this.#ended - clearBegan;
    this.#calls++;
    this.#recorder.endCall();
    for (let page = first; page <= last; page++) {
      const selected = testBitmapBit(m, bitmap, last - page);
      const young = cleared.answer === 'young' && this.#recorder.hasCleared(page);
      this.#judgeClear(page, !selected ? UNCOVERED : young ? YOUNG : OLD);
    }
    return nanoseconds;
  }

  #clearPageByPage(first: number, count: number): number {
    const { m, arena, thread } = this.#worker;
    this.#recorder.beginCall();
    const began = now();
    for (let i = 0; i < count; i++) {
      const { start, end } = this.#bytes(first + i, 1);
      const cleared = mmuNotifierClearYoung(m, arena.vm, thread, start, end, 0);
      this.#said[i] = cleared.answer === 'young' ? YOUNG : OLD;
    }
    this.#ended = now();
    this.#calls += count;
    this.#recorder.endCall();
    for (let i = 0; i < count; i++) this.#judgeClear(first + i, this.#said[i] as number);
    return this.#ended - began;
  }

  #judgeClear(page: number, said: number): void {
    if (said === YOUNG) this.#ages.reportedYoung(page, this.#ended);
    this.#recorder.judgeClear(page, said);
  }

  /** A byte range over the pages that begins and ends inside one, so that every call rounds outward. */
  #bytes(first: number, count: number): { start: number; end: number } {
    const offset = this.#offsets.below(PAGE_BYTES);
    return { start: first * PAGE_BYTES + offset, end: (first + count - 1) * PAGE_BYTES + offset + 1 };
  }
}
