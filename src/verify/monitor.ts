import type { Word } from '../shared/memory.ts';

/** A property that does not hold, as a monitor, a fault of a thread or the search itself has found it. */
export interface Breach {
  /** Stable id of the property, such as `use-after-free` or `deadlock`. */
  readonly property: string;
  /** Tolerated breaches are listed with their reason and do not change the verdict. */
  readonly class: 'forbidden' | 'tolerated';
  readonly reason: string | null;
  /** The host virtual page concerned. */
  readonly page: number | null;
  readonly message: string;
}

/** The ghost words of one monitor: any index, 0 at first. They are part of the explored state. */
export interface GhostWords {
  get(index: number): number;
  set(index: number, value: number): void;
}

/**
 * A specification automaton driven by the ghost events that ride on steps, and by what steps do to words. Its whole state is integers in ghost
 * words; the object itself must have none, since the engine runs it once for each (state, step) and remembers.
 */
export interface Monitor {
  readonly name: string;
  event(
    ghost: GhostWords,
    thread: number,
    event: number,
    page: number,
    value: number,
    report: (breach: Breach) => void,
  ): void;
  /** A step of the thread has changed a word (a `fill` several); told in front of the events that ride on the step. */
  wordChanged?(
    ghost: GhostWords,
    thread: number,
    word: Word,
    before: number,
    after: number,
    report: (breach: Breach) => void,
  ): void;
}
