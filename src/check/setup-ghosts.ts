import type { GhostSink } from '../shared/ghost-sink.ts';
import type { Word } from '../shared/memory.ts';
import type { Breach, GhostWords, Monitor } from '../verify/monitor.ts';

/** Runs monitors over what happens one thing after another: over the events of a setup, or along a schedule. */
export class SetupGhosts implements GhostSink {
  /** Number of the thread whose events come now, as the monitors count. */
  thread = 0;
  readonly breaches: Breach[] = [];
  readonly #monitors: readonly Monitor[];
  readonly #words: readonly Map<number, number>[];
  readonly #report = (breach: Breach): void => {
    this.breaches.push(breach);
  };

  constructor(monitors: readonly Monitor[]) {
    this.#monitors = monitors;
    this.#words = monitors.map(() => new Map());
  }

  note(event: number, page: number, value: number): void {
    this.#monitors.forEach((monitor, index) => {
      monitor.event(this.#ghostOf(index), this.thread, event, page, value, this.#report);
    });
  }

  /** A step has changed a word. */
  wordChanged(word: Word, before: number, after: number): void {
    this.#monitors.forEach((monitor, index) => {
      monitor.wordChanged?.(this.#ghostOf(index), this.thread, word, before, after, this.#report);
    });
  }

  /** What the monitor's ghost words have become. */
  of(monitor: number): ReadonlyMap<number, number> {
    return this.#words[monitor] as ReadonlyMap<number, number>;
  }

  #ghostOf(monitor: number): GhostWords {
    const words = this.#words[monitor] as Map<number, number>;
    return { get: (index) => words.get(index) ?? 0, set: (index, value) => words.set(index, value) };
  }
}

/** The monitor, going on from ghost words as a setup left them: those of the search are 0 at first. */
export function continueFrom(monitor: Monitor, initial: ReadonlyMap<number, number>): Monitor {
  const shifted = (ghost: GhostWords): GhostWords => ({
    get: (index) => (ghost.get(index) + (initial.get(index) ?? 0)) | 0,
    set: (index, next) => ghost.set(index, (next - (initial.get(index) ?? 0)) | 0),
  });
  const { name, wordChanged } = monitor;
  return {
    name,
    event: (ghost, ...told) => monitor.event(shifted(ghost), ...told),
    ...(wordChanged && { wordChanged: (ghost, ...told) => wordChanged.call(monitor, shifted(ghost), ...told) }),
  };
}
