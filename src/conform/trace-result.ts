import type { GfnRanges } from '../scenario/gfn-ranges.ts';
import type { ReasonId } from '../shared/property.ts';

/** A field of an operation in which kernel and model differ. */
export interface Disagreement {
  /** Of the trace, 1-based. */
  readonly line: number;
  readonly op: string;
  readonly field: string;
  /** What the trace has there; for `sptes` only the gfns that differ. */
  readonly kernel: unknown;
  /** What the model answers, in the same shape. */
  readonly model: unknown;
  /** For a trace's first disagreement, as text: some operations before it, and last the operation itself. Else empty. */
  readonly context: readonly string[];
}

/** A field that was not compared, and why. */
export interface SkippedField {
  readonly op: string;
  readonly field: string;
  readonly why: string;
  /** How many times. */
  readonly count: number;
  /** Where first: a line of the trace, 1-based. */
  readonly firstLine: number;
}

/** What the oracle says of an answer that kernel and model may agree on: that it is wrong of some pages. */
export interface TraceFinding {
  /** Of the trace, 1-based. */
  readonly line: number;
  readonly op: string;
  readonly property: 'access-lost' | 'access-misreported';
  /** *tolerated* for one of the documented reasons, else *forbidden*. */
  readonly class: 'forbidden' | 'tolerated';
  readonly reason: ReasonId | null;
  /** Host pages, as ranges. */
  readonly pages: GfnRanges;
}

/** What came of replaying one trace through one variant. */
export interface TraceResult {
  /** As it was given. */
  readonly file: string;
  readonly variant: string;
  /** Lines of the trace but the first. */
  readonly operations: number;
  /** Fields compared: agreements and disagreements. */
  readonly compared: number;
  readonly agreements: number;
  readonly disagreements: readonly Disagreement[];
  readonly skipped: readonly SkippedField[];
  readonly findings: readonly TraceFinding[];
  /** How many operations asked each rule. */
  readonly ruleUses: Readonly<Record<string, number>>;
}
