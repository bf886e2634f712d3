import type { ExplorationResult } from './explore.ts';

/** What the worker that explores is told, and through which words it talks while its thread is busy. */
export interface ExploreTask {
  /** URL of the module whose exports are explored. */
  readonly module: string;
  readonly maxStates: number | null;
  readonly milliseconds: number | null;
  /** Word 0: not 0 = stop. */
  readonly control: Int32Array;
  /** See `ExploreGauge`. */
  readonly gauges: Float64Array;
}

/** Indices into the gauges. */
export const ExploreGauge = { states: 0, transitions: 1, statesPerSecond: 2, estimatedStates: 3 } as const;

/** One exploration of a module, by the name of its export. */
export interface NamedExploration {
  readonly name: string;
  readonly result: ExplorationResult<string>;
}

export type ExploreReply =
  | { readonly explorations: readonly NamedExploration[] }
  /** The module cannot be explored; the text says why. */
  | { readonly problem: string };
