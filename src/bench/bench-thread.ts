import { passStartGate } from '../locks/start-gate.ts';
import type { Word } from '../shared/memory.ts';
import { RacyThreadMemory } from '../shared/thread-memory.ts';
import { type BenchArena, createBenchArena } from './bench-arena.ts';
import { agingModes } from './bench-config.ts';
import { BenchSink } from './bench-sink.ts';
import type { BenchTask } from './bench-task.ts';
import { type ControlWords, heartbeatWord } from './control-words.ts';
import { CoreWait } from './core-wait.ts';

/** Between two signs of life of a thread that has nothing to do: rarely, since others are measured meanwhile. */
const WAIT_SLICE_MS = 500;
/**
 * The kernel's mmu_lock is a spinlock. Some 20 µs of spinning are a hundred times what it is held for a page; whoever waits
 * longer waits for a thread without a core, and sleeps, so that it may get this one.
 */
const SPINS = 4000;
/** Looks at the others before a thread lies down to wait for them: some hundred microseconds. */
const RENDEZVOUS_SPINS = 50_000;
/** An index of `agingModes`. */
export const NO_AGING = agingModes.indexOf('none');

/** One thread of a gang: its memory, and how it starts, waits and stops. */
export class BenchThread {
  readonly arena: BenchArena;
  readonly control: ControlWords;
  readonly m: RacyThreadMemory;
  readonly sink: BenchSink;
  readonly thread: number;
  readonly coreWait = new CoreWait();
  readonly #heartbeat: Word;
  readonly #vcpus: number;
  readonly #sabotage: BenchTask['sabotage'];

  constructor(task: BenchTask, thread: (arena: BenchArena) => number) {
    this.arena = createBenchArena(task.config);
    this.control = this.arena.control;
    this.thread = thread(this.arena);
    this.sink = new BenchSink(task, this.thread, () => this.m.load(this.control.halfway) !== 0);
    this.#sabotage = task.sabotage;
    this.#vcpus = task.config.vcpus;
    this.m = new RacyThreadMemory(task.words, {
      waiters: this.arena.waiters,
      spins: SPINS,
      waitBoundMs: task.config.waitBoundMs,
      layout: this.arena.layout,
      sink: this.sink,
    });
    this.#heartbeat = heartbeatWord(this.control, this.thread);
  }

  passGate(): void {
    passStartGate(this.m, this.control.gate);
    if (this.#sabotage === 'die') process.exit(1);
    if (this.#sabotage === 'hang') for (;;) this.m.loopHead();
  }

  get stopped(): boolean {
    return this.m.load(this.control.stop) !== 0;
  }

  /** Says that the thread is alive. */
  beat(): void {
    this.m.add(this.#heartbeat, 1);
  }

  /** Does something each time that the word has changed, until the gang stops. There is no hurry, and no bound. */
  wheneverChanged(word: Word, act: (value: number) => void): void {
    for (let last = 0; !this.stopped; ) {
      const value = this.m.load(word);
      if (value === last) {
        this.beat();
        this.m.pause(word, last, WAIT_SLICE_MS);
      } else {
        last = value;
        act(value);
      }
    }
  }

  /**
   * Waits for the others to bring the word to a value; false if the gang stops first. How long a step takes depends on its size; who
   * in it shows no sign of life, the main thread notices, and stops the gang.
   */
  waitForValue(word: Word, wanted: number): boolean {
    for (;;) {
      const value = this.m.load(word);
      if (value === wanted) return true;
      if (this.stopped) return false;
      this.beat();
      this.m.pause(word, value, WAIT_SLICE_MS);
    }
  }

  /** All who take part in the step begin at the same moment, as far as there are cores for them. */
  meet(): void {
    const { m, control } = this;
    const all = this.#vcpus + (m.load(control.stepAging) === NO_AGING ? 0 : 1);
    this.announce(control.arrived);
    for (let spin = 0; spin < RENDEZVOUS_SPINS; spin++) if (m.load(control.arrived) === all) return;
    this.waitForValue(control.arrived, all);
  }

  announce(word: Word): void {
    this.m.add(word, 1);
    this.m.wake(word);
  }
}
