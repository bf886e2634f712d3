export const CHECK_SCHEMA = 'pte-aging/check@1';

/** The document that `check --json` writes. */
export interface CheckResult {
  readonly schema: typeof CHECK_SCHEMA;
  readonly seed: string;
  /** Some scenarios were not explored. */
  readonly interrupted: boolean;
  readonly results: readonly CheckedScenario[];
}

/** What came of exploring one scenario under one variant. */
export interface CheckedScenario {
  readonly scenario: string;
  readonly description: string;
  /** null: a shipped scenario. */
  readonly file: string | null;
  readonly variant: string;
  readonly mutant: string | null;
  /** What the mutant breaks, in words. */
  readonly broken: string | null;
  /** What was done before the threads began, in order. */
  readonly setup: readonly string[];
  /** The memory model. */
  readonly model: string;
  /** *violated* as soon as one forbidden violation is reachable; *holds* only of what was explored to the end. */
  readonly verdict: 'holds' | 'violated' | 'unknown';
  readonly complete: boolean;
  /** Why the search ended early. */
  readonly cut: string | null;
  readonly states: number;
  readonly transitions: number;
  /** A decimal number of interleavings of the steps that matter to more than one thread; null: infinitely many, or unknown. */
  readonly interleavings: string | null;
  /** States in which threads wait for each other for ever. */
  readonly deadlocks: number;
  readonly seconds: number;
  readonly outcomes: readonly CheckOutcome[];
  readonly violations: readonly CheckViolation[];
  readonly expectation: 'met' | 'unmet' | 'none';
  /** What was expected, if it is unmet. */
  readonly expected: string | null;
}

/** What the threads' operations returned together. */
export interface CheckOutcome {
  /** By thread, one result an operation. */
  readonly results: Readonly<Record<string, readonly string[]>>;
  readonly interleavings: string | null;
  /** Fewest preemptions with which it can happen. */
  readonly minPreemptions: number | null;
}

export interface CheckViolation {
  readonly property: string;
  readonly class: 'forbidden' | 'tolerated';
  readonly reason: string | null;
  /** Host virtual page. */
  readonly page: number | null;
  /** What happened, in one sentence. */
  readonly message: string;
  readonly preemptions: number | null;
  /** No schedule with fewer preemptions (then switches, then steps) violates the property. */
  readonly provenMinimal: boolean;
  readonly schedule: readonly CheckStep[];
  /** Index of the step behind which every schedule violates the property; null: it was not worked out, or always. */
  readonly pointOfNoReturn: number | null;
  /** The nearest schedule that violates nothing: it shares the longest beginning. null: there is none, or not worked out. */
  readonly passing: readonly CheckStep[] | null;
  /** Replays the schedule: `pte-aging replay TOKEN`. */
  readonly replay: string | null;
}

/** One step of a schedule: an operation of the port on a word that matters to more than one thread. */
export interface CheckStep {
  readonly thread: string;
  /** The scenario's operation that the step belongs to, such as `clearYoung 0..2`. */
  readonly operation: string;
  /** The operation of the port: `load`, `tryReplace` … */
  readonly op: string;
  /** `spte[gfn 3]`, `mmuLock.cnts`. */
  readonly word: string;
  readonly before: WordValue | null;
  readonly after: WordValue | null;
  readonly result: number;
  /** What observers were told with this step: `page 3 was accessed`. */
  readonly note: string | null;
  /** Why the thread is another one than before; null if it is the same. */
  readonly switched: 'preempted' | 'blocked' | 'finished' | null;
}

/** A word's value, and how a reader of the kernel would write it: `1:PWADM version 3`, `writer`. */
export interface WordValue {
  readonly value: number;
  readonly text: string;
}
