import type { GhostSink } from '../shared/ghost-sink.ts';
import type { Breach, GhostWords, Monitor } from '../verify/monitor.ts';

/** Runs monitors over the events of a setup, in which one thing happens after another. */
export class SetupGhosts implements GhostSink {
  /** Number of the thread whose events come now, as the monitors count. */
  thread = 0;
  readonly breaches: Breach[] = [];
  readonly #monitors: readonly Monitor[];
  readonly #words: readonly Map<number, number>[];

  constructor(monitors: readonly Monitor[]) {
    this.#monitors = monitors;
    this.#words = monitors.map(() => new Map());
  }

  note(event: number, page: number, value: number): void {
    this.#monitors.forEach((monitor, index) => {
      const words = this.#words[index] as Map<number, number>;
      const ghost: GhostWords = { get: (i) => words.get(i) ?? 0, set: (i, next) => words.set(i, next) };
      monitor.event(ghost, this.thread, event, page, value, (breach) => this.breaches.push(breach));
    });
  }

  /** What the monitor's ghost words have become. */
  of(monitor: number): ReadonlyMap<number, number> {
    return this.#words[monitor] as ReadonlyMap<number, number>;
  }
}

/** The monitor, going on from ghost words as a setup left them: those of the search are 0 at first. */
export function continueFrom(monitor: Monitor, initial: ReadonlyMap<number, number>): Monitor {
  return {
    name: monitor.name,
    event(ghost, thread, event, page, value, report) {
      const shifted: GhostWords = {
        get: (index) => (ghost.get(index) + (initial.get(index) ?? 0)) | 0,
        set: (index, next) => ghost.set(index, (next - (initial.get(index) ?? 0)) | 0),
      };
      monitor.event(shifted, thread, event, page, value, report);
    },
  };
}
