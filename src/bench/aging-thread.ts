import { PAGE_BYTES } from '../notifier/byte-range.ts';
import { mmuNotifierClearYoung, mmuNotifierTestYoung } from '../notifier/subscribers.ts';
import { clearBitmap } from '../shared/bitmap.ts';
import type { Prng } from '../shared/prng.ts';
import { derivePrng } from '../shared/seed.ts';
import { agingModes } from './bench-config.ts';
import { type BenchTask, MAX_PASSES } from './bench-task.ts';
import { BenchThread } from './bench-thread.ts';
import { clockNs } from './clock.ts';
import { Recording } from './step.ts';

/** Calls of one page between two heartbeats. */
const CHUNK = 1024;

/** The aging thread of a latency run: passes over all pages while the vCPUs of a step run. */
export function runBenchAging(task: BenchTask): void {
  new AgingThread(task).run();
}

class AgingThread {
  readonly #task: BenchTask;
  readonly #worker: BenchThread;
  readonly #phases: Prng;
  #pageByPage: boolean;
  /** When the next periodic pass is due, on the machine's clock. */
  #dueNs = 0;

  constructor(task: BenchTask) {
    this.#task = task;
    this.#worker = new BenchThread(task, (arena) => arena.agingThread);
    this.#phases = derivePrng(task.config.seed, 'periodic passes');
    this.#pageByPage = task.config.batch === 1;
  }

  run(): void {
    const worker = this.#worker;
    const { control, m } = worker;
    worker.passGate();
    worker.wheneverChanged(control.step, () => {
      const mode = agingModes[m.load(control.stepAging)];
      const recording = m.load(control.stepRecording) as Recording;
      if (mode !== 'none') {
        const waitedBefore = worker.coreWait.read();
        worker.sink.recording = recording;
        this.#age(mode === 'periodic', recording);
        this.#task.records.coreWaits[worker.thread] = worker.coreWait.read() - waitedBefore;
        worker.sink.recording = Recording.none;
        worker.sink.drain();
      }
      m.store(control.agingDone, 1);
      m.wake(control.agingDone);
    });
  }

  /** Every pass that begins while vCPUs run, to its end: they end the step, and not the aging thread. */
  #age(periodic: boolean, recording: Recording): void {
    const { sink } = this.#worker;
    const { config } = this.#task;
    this.#worker.meet();
    if (periodic && !this.#isDue()) return;
    do {
      const began = clockNs();
      if (!this.#pass()) break;
      if (recording === Recording.plain) this.#record(clockNs() - began);
      // From its beginning, also if that was before others recorded: the picture cuts it.
      if (recording === Recording.spans) sink.spans.end('aging-pass', began);
      if (periodic) this.#dueNs = began + config.periodMs * 1e6;
    } while (periodic ? this.#isDue() : this.#vcpusRun);
  }

  #record(nanoseconds: number): void {
    const { m, control } = this.#worker;
    const index = m.load(control.passes);
    if (index < MAX_PASSES) this.#task.records.passes[index] = nanoseconds;
    m.store(control.passes, index + 1);
  }

  get #vcpusRun(): boolean {
    const { m, control, stopped } = this.#worker;
    return m.load(control.vcpusDone) < this.#task.config.vcpus && !stopped;
  }

  /**
   * Waits for the next periodic pass; false if the vCPUs are done before. What was due while nobody was measured is left out, and the next
   * one begins anywhere in the period: else it would begin together with the vCPUs of each iteration.
   */
  #isDue(): boolean {
    const { m, control } = this.#worker;
    const { periodMs } = this.#task.config;
    if (this.#dueNs < clockNs()) this.#dueNs = clockNs() + this.#phases.fraction() * periodMs * 1e6;
    for (; this.#vcpusRun; this.#worker.beat()) {
      const leftMs = (this.#dueNs - clockNs()) / 1e6;
      if (leftMs <= 0) return true;
      m.pause(control.vcpusDone, m.load(control.vcpusDone), leftMs);
    }
    return false;
  }

  /** False if the gang stopped before the pass was whole. */
  #pass(): boolean {
    const { pages } = this.#worker.arena;
    const { batch } = this.#task.config;
    const stride = this.#pageByPage ? CHUNK : batch;
    for (let first = 0; first < pages; first += stride) {
      if (this.#worker.stopped) return false;
      this.#ageBatch(first, Math.min(stride, pages - first));
      this.#worker.beat();
    }
    return true;
  }

  /**
   * Without a bitmap one clear_young a page, as the walk of a merged kernel's MGLRU makes them; with one a test of the batch,
   * then a clear of what was young, as version 3's does.
   */
  #ageBatch(first: number, count: number): void {
    if (this.#pageByPage) {
      this.#clearPageByPage(first, count);
      return;
    }
    const { m, arena, thread } = this.#worker;
    const start = first * PAGE_BYTES;
    const end = (first + count) * PAGE_BYTES;
    clearBitmap(m, arena.bitmap, count);
    const tested = mmuNotifierTestYoung(m, arena.vm, thread, start, end, arena.bitmap);
    if (tested.answer === 'young') mmuNotifierClearYoung(m, arena.vm, thread, start, end, arena.bitmap);
    if (tested.answer !== 'unreliable') return;
    // Nothing through the bitmap, now or later: one call a page from here on.
    this.#pageByPage = true;
    this.#clearPageByPage(first, count);
  }

  #clearPageByPage(first: number, count: number): void {
    const { m, arena, thread } = this.#worker;
    for (let page = first; page < first + count; page++) {
      mmuNotifierClearYoung(m, arena.vm, thread, page * PAGE_BYTES, (page + 1) * PAGE_BYTES, 0);
    }
  }
}
