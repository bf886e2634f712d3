import type { CheckedScenario } from './check-result.ts';

/** What a `check` worker is given: scenarios as text, to be explored one after another under each variant. */
export interface CheckTask {
  readonly scenarios: readonly ScenarioText[];
  /** Names; null: for each scenario the variant that it names, or those that it expects something of. */
  readonly variants: readonly string[] | null;
  readonly mutant: string | null;
  readonly maxStates: number | null;
  /** For each scenario and variant. */
  readonly milliseconds: number | null;
  /** Bound on the preemptions of a schedule. */
  readonly preemptions: number | null;
  readonly seed: string;
  /** Word 0: anything but 0 stops the search. */
  readonly control: Int32Array;
  /** See `CheckGauge`. */
  readonly gauges: Float64Array;
}

export interface ScenarioText {
  /** null: a shipped scenario. */
  readonly file: string | null;
  /** What messages call it. */
  readonly place: string;
  readonly text: string;
}

/** Results so far, or what is wrong with the input. */
export type CheckReply = { readonly results: readonly CheckedScenario[] } | { readonly problem: string };

export const CheckGauge = {
  /** Scenarios times variants that are done. */
  done: 0,
  states: 1,
  statesPerSecond: 2,
} as const;
