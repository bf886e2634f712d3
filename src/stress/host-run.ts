import { infoWord } from '../mmu/tables.ts';
import { INFO_STAMP } from '../mmu/vm.ts';
import { zapAllFast } from '../mmu/zap-root.ts';
import { agingTakesTurns } from '../notifier/aging.ts';
import { takePagesBack } from '../notifier/host-pages.ts';
import type { Prng } from '../shared/prng.ts';
import { derivePrng } from '../shared/seed.ts';
import type { Findings } from '../verify/findings.ts';
import { HostRecorder } from '../verify/host-recorder.ts';
import { MAX_INVALIDATED_PAGES } from './stress-config.ts';
import { now, type WorkerTask, WorkerThread } from './worker-thread.ts';

export interface HostResult {
  readonly invalidations: number;
  readonly zapAlls: number;
  readonly lostWakeups: number;
  readonly findings: Pick<Findings, 'violations' | 'tolerated' | 'details'>;
}

/** Longest sleep between two looks at the clock and at the vCPUs' wishes. */
const SLICE_MS = 1;

/** The host: takes ranges of pages back and invalidates all roots, at given rates; drops everything for `populate`. */
export function runHost(task: WorkerTask): HostResult {
  return new HostRun(task).run();
}

class HostRun {
  readonly #task: WorkerTask;
  readonly #worker: WorkerThread;
  readonly #recorder: HostRecorder;
  readonly #ranges: Prng;
  #first = 0;
  #end = 1;
  #invalidations = 0;
  #zapAlls = 0;

  constructor(task: WorkerTask) {
    this.#task = task;
    this.#worker = new WorkerThread(task, (arena) => arena.hostThread);
    const { vm, oracle } = this.#worker.arena;
    this.#recorder = new HostRecorder({
      words: task.words,
      oracle,
      zapper: 0,
      tellsTeardowns: !agingTakesTurns(vm),
      mmuLockWait: task.mmuLockWait,
      now,
      stampWord: (table) => infoWord(vm, table, INFO_STAMP),
    });
    this.#worker.m.sink = this.#recorder;
    this.#worker.hasViolation = () => this.#recorder.findings.hasViolation;
    this.#ranges = derivePrng(task.config.seed, 'host ranges');
  }

  run(): HostResult {
    const { invalidateRate, zapAllRate } = this.#task.config;
    const worker = this.#worker;
    const { control } = worker.arena;
    worker.passGate();
    const began = now();
    while (!this.#allDone()) {
      const seconds = (now() - began) / 1e9;
      let done = 0;
      for (; this.#invalidations < seconds * invalidateRate && done < 100; done++) this.#invalidate();
      if (this.#zapAlls < Math.floor(seconds * zapAllRate)) this.#zapAll();
      if (worker.m.load(control.dropArrived) === this.#task.config.vcpus) this.#dropEverything();
      worker.beat(done);
      worker.m.pause(control.dropArrived, worker.m.load(control.dropArrived), SLICE_MS);
    }
    worker.announce(control.returned);
    const { violations, tolerated, details } = this.#recorder.findings;
    return {
      invalidations: this.#invalidations,
      zapAlls: this.#zapAlls,
      lostWakeups: worker.m.lostWakeups,
      findings: { violations, tolerated, details },
    };
  }

  #allDone(): boolean {
    return this.#worker.stopped || this.#worker.m.load(this.#worker.arena.control.finished) === this.#task.config.vcpus;
  }

  /** Every other range is taken back twice in a row, while faults on it may still be under way. */
  #invalidate(): void {
    const { pages } = this.#task.config;
    if (this.#ranges.below(2) === 0) {
      this.#first = this.#ranges.below(pages);
      this.#end = Math.min(pages, this.#first + 1 + this.#ranges.below(MAX_INVALIDATED_PAGES));
    }
    takePagesBack(this.#worker.m, this.#worker.arena.vm, this.#worker.thread, this.#first, this.#end);
    this.#invalidations++;
  }

  #zapAll(): void {
    zapAllFast(this.#worker.m, this.#worker.arena.vm, this.#worker.thread);
    this.#zapAlls++;
  }

  #dropEverything(): void {
    const { m, arena, thread } = this.#worker;
    m.store(arena.control.dropArrived, 0);
    takePagesBack(m, arena.vm, thread, 0, this.#task.config.pages);
    zapAllFast(m, arena.vm, thread);
    this.#worker.announce(arena.control.dropEnded);
  }
}
