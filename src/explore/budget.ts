/** Limits of a search. Whichever is reached first ends it, and the verdict is then honest about it. */
export interface Budget {
  readonly states?: number;
  /** Bytes of the search's own tables. */
  readonly bytes?: number;
  /** Needs a clock. */
  readonly milliseconds?: number;
  /** When the time of the search began, by `now`: that of a search which has begun again. Default: when it begins. */
  readonly startedAt?: number;
  /**
   * The clock, in milliseconds: the engine reads none by itself, since what it finds must not depend on one. `explore`
   * supplies one.
   */
  readonly now?: () => number;
}

export type SearchPhase = 'everything' | 'minimal-schedules';

/** What a search says about itself from time to time. */
export interface Progress {
  /** The search of everything, or the one for minimal schedules that follows it if something is wrong. */
  readonly phase: SearchPhase;
  readonly states: number;
  readonly transitions: number;
  /** States that have been found but not yet expanded. */
  readonly waiting: number;
  /** States per second since the start; null without a clock. */
  readonly statesPerSecond: number | null;
  /**
   * How many states there may be in the end, extrapolated from the share of new states among the last transitions;
   * null while the space still grows at least as fast as it is searched.
   */
  readonly estimatedStates: number | null;
}

/** Returns false to stop the search; what is known by then is reported as incomplete. */
export type OnProgress = (progress: Progress) => boolean | undefined;

/** Watches the limits of one search. */
export class BudgetWatch {
  readonly #budget: Budget;
  readonly #phase: SearchPhase;
  readonly #onProgress: OnProgress | undefined;
  readonly #started: number;
  #lastStates = 0;
  #lastExpanded = 0;

  constructor(budget: Budget, onProgress: OnProgress | undefined, phase: SearchPhase = 'everything') {
    if (budget.milliseconds !== undefined && budget.now === undefined) {
      throw new RangeError('a time budget needs a clock: budget.now');
    }
    this.#budget = budget;
    this.#phase = phase;
    this.#onProgress = onProgress;
    this.#started = (phase === 'everything' ? budget.startedAt : undefined) ?? budget.now?.() ?? 0;
  }

  /** Why the search must stop now, or undefined. */
  check(states: number, expanded: number, transitions: number, bytes: number): string | undefined {
    const { states: maxStates, bytes: maxBytes, milliseconds, now } = this.#budget;
    if (maxStates !== undefined && states > maxStates) return `more than ${maxStates} states`;
    if (maxBytes !== undefined && bytes > maxBytes) return `more than ${maxBytes} bytes`;
    const elapsed = now === undefined ? undefined : now() - this.#started;
    if (milliseconds !== undefined && (elapsed as number) > milliseconds) return `more than ${milliseconds} ms`;
    if (this.#onProgress === undefined) return undefined;
    const waiting = states - expanded;
    const growth = (states - this.#lastStates) / Math.max(1, expanded - this.#lastExpanded);
    this.#lastStates = states;
    this.#lastExpanded = expanded;
    const goesOn = this.#onProgress({
      phase: this.#phase,
      states,
      transitions,
      waiting,
      statesPerSecond: elapsed === undefined || elapsed <= 0 ? null : Math.round((states * 1000) / elapsed),
      // Each waiting state leads to `growth` new ones, these to `growth`² …: a geometric series while below 1.
      estimatedStates: growth < 1 ? Math.round(states + (waiting * growth) / (1 - growth)) : null,
    });
    return goesOn === false ? 'stopped by its caller' : undefined;
  }
}
