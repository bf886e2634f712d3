import { passStartGate } from '../locks/start-gate.ts';
import type { Word } from '../shared/memory.ts';
import { ThreadMemory } from '../shared/thread-memory.ts';
import type { DurationSink } from '../verify/recorder.ts';
import { heartbeatWord, STOP_AT_ONCE, workDoneWord } from './control-words.ts';
import { createStressArena, type StressArena } from './stress-arena.ts';
import type { StressConfig } from './stress-config.ts';

/** What every task of a stress run brings along. Crosses thread boundaries. */
export interface WorkerTask {
  readonly config: StressConfig;
  /** The arena, on a `SharedArrayBuffer`. */
  readonly words: Int32Array;
  readonly mmuLockWait: DurationSink;
  /** Test of the harness: what this worker does instead of its work. */
  readonly sabotage?: Sabotage;
}

export type Sabotage = 'die' | 'hang';

const WAIT_SLICE_MS = 20;

/** Nanoseconds since any fixed moment. */
export function now(): number {
  return performance.now() * 1e6;
}

/** One thread of a stress run: its memory, and how it starts, parks, waits and stops. */
export class WorkerThread {
  readonly arena: StressArena;
  readonly m: ThreadMemory;
  readonly thread: number;
  /** What the thread must do before it may be waited for; a vCPU leaves the guest. */
  beforeWaiting: () => void = () => {};
  /** Whether this thread's oracle has seen a violation. */
  hasViolation: () => boolean = () => false;
  readonly #stopAtViolation: boolean;
  readonly #sabotage: Sabotage | undefined;
  readonly #heartbeat: Word;
  readonly #workDone: Word;

  constructor(task: WorkerTask, thread: (arena: StressArena) => number) {
    this.arena = createStressArena(task.config);
    this.thread = thread(this.arena);
    this.m = new ThreadMemory(task.words, {
      waiters: this.arena.waiters,
      waitBoundMs: task.config.waitBoundMs,
      layout: this.arena.layout,
    });
    this.#sabotage = task.sabotage;
    this.#stopAtViolation = task.config.stopAtViolation;
    this.#heartbeat = heartbeatWord(this.arena.control, this.thread);
    this.#workDone = workDoneWord(this.arena.control, this.thread);
  }

  passGate(): void {
    passStartGate(this.m, this.arena.control.gate);
    if (this.#sabotage === 'die') process.exit(1);
    if (this.#sabotage === 'hang') for (;;) this.m.loopHead();
  }

  get stopped(): boolean {
    return this.m.load(this.arena.control.stop) !== 0;
  }

  get stoppedAtOnce(): boolean {
    return this.m.load(this.arena.control.stop) === STOP_AT_ONCE;
  }

  /** Says that the thread is alive and has done so much more; stops or parks if an oracle asks for it. */
  beat(work: number): void {
    this.m.add(this.#heartbeat, 1);
    this.m.add(this.#workDone, work);
    if (this.#stopAtViolation && this.hasViolation()) this.m.store(this.arena.control.stop, STOP_AT_ONCE);
    if (this.m.load(this.arena.control.pause) !== 0) this.#park();
  }

  /** Waits for a word's value to be right; false if the run stops first. */
  waitFor(word: Word, isRight: (value: number) => boolean): boolean {
    this.beforeWaiting();
    for (;;) {
      const value = this.m.load(word);
      if (isRight(value)) return true;
      if (this.stopped) return false;
      this.beat(0);
      this.m.pause(word, value, WAIT_SLICE_MS);
    }
  }

  announce(word: Word): void {
    this.beforeWaiting();
    this.m.add(word, 1);
    this.m.wake(word);
  }

  #park(): void {
    const { control } = this.arena;
    this.announce(control.parked);
    while (this.m.load(control.pause) !== 0 && !this.stopped) {
      this.m.add(this.#heartbeat, 1);
      this.m.pause(control.pause, 1, WAIT_SLICE_MS);
    }
    this.m.add(control.parked, -1);
    this.m.wake(control.parked);
  }
}
