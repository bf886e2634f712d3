import type { Violation } from './find-violations.ts';

/** What the threads returned and left behind, with how often and how easily it happens. */
export interface ProgramOutcome {
  /** By thread; a thread that has thrown has `{ threw: message }`. */
  readonly values: readonly unknown[];
  readonly memory: Int32Array;
  /** Number of interleavings that end so; null if infinite or if the search is incomplete. */
  readonly interleavings: bigint | null;
  /** Fewest preemptions with which it can happen; null if the search is incomplete. */
  readonly minPreemptions: number | null;
}

/** A state in which threads wait for each other for ever. */
export interface ProgramDeadlock {
  /** What each thread waits for, by thread; null for those that have ended. */
  readonly waiting: readonly (string | null)[];
  readonly memory: Int32Array;
  readonly interleavings: bigint | null;
  readonly minPreemptions: number | null;
}

export interface ProgramResult {
  /** `holds` is said only after everything has been explored. */
  readonly verdict: 'holds' | 'violated' | 'unknown';
  readonly complete: boolean;
  /** Why the search has ended early. */
  readonly cut: string | null;
  readonly model: string;
  readonly states: number;
  readonly transitions: number;
  /** All interleavings, also those that end in a deadlock; null if infinite or if the search is incomplete. */
  readonly interleavings: bigint | null;
  readonly outcomes: readonly ProgramOutcome[];
  readonly deadlocks: readonly ProgramDeadlock[];
  /** Whether from every state all threads can come to their end; null if the search is incomplete. */
  readonly canAlwaysFinish: boolean | null;
  /**
   * Threads (by index) that can be kept from their end for ever although the scheduler is fair; null if not asked for, or
   * if the search is incomplete. Not part of the verdict: a thread may be meant to wait for ever.
   */
  readonly starved: readonly number[] | null;
  readonly violations: readonly Violation[];
  /** Random runs before the search. */
  readonly smokeRuns: number;
  /** Bytes of the search's tables. */
  readonly bytes: number;
}
