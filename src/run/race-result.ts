import type { CheckedScenario, CheckOutcome } from '../check/check-result.ts';
import type { HostInfo } from './host-info.ts';

/** The document that `stress --scenario --json` writes: a stress result of scenarios' outcomes instead of latencies. */
export interface RaceDocument {
  readonly schema: 'pte-aging/stress@1';
  readonly seed: string;
  readonly interrupted: boolean;
  readonly host: HostInfo;
  readonly config: { readonly scenario: string; readonly repeat: number };
  readonly variants: readonly RacedVariant[];
  /** One sentence for each outcome that the explorer does not know. */
  readonly findings: readonly string[];
}

export interface RacedVariant {
  readonly variant: string;
  readonly mutant: string | null;
  /** *violated*: an outcome was seen that the explorer does not know: a finding against the model, or against the engine. */
  readonly verdict: 'clean' | 'violated' | 'interrupted';
  /** Rounds that were run to their end. */
  readonly rounds: number;
  /** Every outcome that the explorer knows, with how often it was seen. */
  readonly outcomes: readonly (CheckOutcome & { readonly seen: number })[];
  /** Outcomes that were seen, and that it does not know. */
  readonly unexplained: readonly { readonly results: CheckOutcome['results']; readonly seen: number }[];
  /** What the explorer says of the scenario. */
  readonly explored: Pick<CheckedScenario, 'scenario' | 'verdict' | 'complete' | 'states'>;
}
