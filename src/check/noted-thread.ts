import { type DoneStep, ScriptedThread, type ThreadStanding } from '../explore/scripted-memory.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { type NotedEvent, NotingMemory } from './noting-memory.ts';

/** A step of a replay, with the ghost events that ride on it. */
export interface NotedStep extends DoneStep {
  readonly events: readonly NotedEvent[];
}

/** One thread of a scripted replay that is watched. */
export class NotedThread {
  readonly #noting = new NotingMemory();
  readonly #thread: ScriptedThread;
  /** What it tells before its first step. */
  readonly atStart: readonly NotedEvent[];

  constructor(words: Int32Array, program: (memory: Memory) => unknown) {
    this.#thread = new ScriptedThread(words, (memory) => this.#noting.run(program, memory));
    this.atStart = this.#noting.atStart;
  }

  get standing(): ThreadStanding {
    return this.#thread.standing;
  }

  get isEnabled(): boolean {
    return this.#thread.isEnabled;
  }

  get ownWords(): ReadonlyMap<Word, number> {
    return this.#thread.ownWords;
  }

  step(alternative: number): NotedStep {
    const index = this.#noting.operations;
    const done = this.#thread.step(alternative);
    return { ...done, events: this.#noting.at(index) };
  }
}
