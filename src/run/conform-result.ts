import type { TraceResult } from '../conform/trace-result.ts';

export const CONFORM_SCHEMA = 'pte-aging/conform@1';
export const RULE_COVERAGE_SCHEMA = 'pte-aging/rule-coverage@1';

/** The document that `conform --json` writes. */
export interface ConformResult {
  readonly schema: typeof CONFORM_SCHEMA;
  /** Some traces were not replayed. */
  readonly interrupted: boolean;
  /** How many trace files there were to replay. */
  readonly files: number;
  readonly traces: readonly ConformedTrace[];
  readonly rules: readonly VariantCoverage[];
}

export interface ConformedTrace extends TraceResult {
  readonly mutant: string | null;
  /** `uname -r` of the machine that was recorded. */
  readonly kernel: string;
  /** Which of KVM's MMUs: `tdp`, `legacy`, `npt0`, or one of them and `-noad`. */
  readonly mmu: string;
  readonly scenario: string;
}

/** The document that `conform --coverage` writes: which rules the traces put to the test. */
export interface RuleCoverageResult {
  readonly schema: typeof RULE_COVERAGE_SCHEMA;
  readonly interrupted: boolean;
  readonly rules: readonly VariantCoverage[];
}

export interface VariantCoverage {
  readonly variant: string;
  readonly mutant: string | null;
  /** Every rule there is, those that no operation asked included. */
  readonly rules: readonly RuleCoverage[];
}

export interface RuleCoverage {
  readonly rule: string;
  readonly value: boolean | number | string;
  /** How many operations asked the rule, in all traces. */
  readonly operations: number;
  /** In how many traces some operation did. */
  readonly traces: number;
}
