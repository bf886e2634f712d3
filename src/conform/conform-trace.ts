import { isDeepStrictEqual } from 'node:util';
import type { Rules } from '../mmu/rules.ts';
import { toGfnRanges } from '../scenario/gfn-ranges.ts';
import { describeOperation } from '../scenario/kernel-operation-text.ts';
import type { KernelOperation, KernelTrace } from '../scenario/kernel-trace.ts';
import type { Variant } from '../variants/variant.ts';
import { findVariant } from '../variants/variants.ts';
import type { SequentialFinding } from '../verify/sequential-oracle.ts';
import { Inspector } from './inspect.ts';
import { Replay } from './replay-operation.ts';
import { RuleUses } from './rule-uses.ts';
import { createTraceMachine } from './trace-machine.ts';
import type { Disagreement, SkippedField, TraceFinding, TraceResult } from './trace-result.ts';

/** Operations shown before the first disagreement of a trace. */
const CONTEXT = 8;

const VARIANT_OF_RELEASE: ReadonlyMap<string, string> = new Map([
  ['6.1', 'mmu-lock-6.1'],
  ['6.12', 'mmu-lock-6.12'],
  ['7.3', 'lockless-7.3'],
]);

export interface ConformOptions {
  readonly variant: Variant;
  /** Rules to be broken: a mutant. */
  readonly breaks?: Partial<Rules>;
}

/** The variant that a kernel calls for, by its release. */
export function variantForKernel(kernel: string): Variant | undefined {
  const release = /^\d+\.\d+/.exec(kernel)?.[0] ?? '';
  const name = VARIANT_OF_RELEASE.get(release);
  return name === undefined ? undefined : findVariant(name);
}

/** Replays a trace, operation by operation, and compares every result. */
export function conformTrace(trace: KernelTrace, options: ConformOptions): TraceResult {
  const rules = { ...options.variant.rules, ...options.breaks };
  const uses = new RuleUses(rules);
  const machine = createTraceMachine(trace, uses.rules);
  const inspector = new Inspector(machine.words, { ...machine.vm, rules });
  const replay = new Replay(machine, inspector, trace.config.memslots);
  const disagreements: Disagreement[] = [];
  const findings: TraceFinding[] = [];
  const skipped = new Map<string, SkippedField>();
  let compared = 0;
  trace.operations.forEach((operation, index) => {
    uses.beginOperation();
    for (const comparison of replay.perform(operation)) {
      if (comparison.why !== undefined) {
        skip(skipped, operation, comparison.field, comparison.why);
        continue;
      }
      compared++;
      const { field, kernel, model } = comparison;
      if (isDeepStrictEqual(kernel, model)) continue;
      const context = disagreements.length === 0 ? contextOf(trace.operations, index) : [];
      disagreements.push({ line: operation.line, op: operation.op, field, kernel, model, context });
    }
    findings.push(...gathered(operation, replay.findings));
  });
  return {
    file: trace.file,
    variant: options.variant.name,
    operations: trace.operations.length,
    compared,
    agreements: compared - disagreements.length,
    disagreements,
    skipped: [...skipped.values()],
    findings,
    ruleUses: uses.operations,
  };
}

function contextOf(operations: readonly KernelOperation[], index: number): string[] {
  return operations.slice(Math.max(0, index - CONTEXT), index + 1).map(describeOperation);
}

/** What the oracle found in one operation, one finding for each property and reason. */
function gathered(operation: KernelOperation, found: readonly SequentialFinding[]): TraceFinding[] {
  const kinds = new Map<string, SequentialFinding[]>();
  for (const finding of found) {
    const kind = `${finding.property} ${finding.reason}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), finding]);
  }
  return [...kinds.values()].map((alike) => {
    const { property, reason } = alike[0] as SequentialFinding;
    return {
      line: operation.line,
      op: operation.op,
      property,
      class: reason === null ? 'forbidden' : 'tolerated',
      reason,
      pages: toGfnRanges(alike.map(({ page }) => page)),
    };
  });
}

function skip(skipped: Map<string, SkippedField>, operation: KernelOperation, field: string, why: string): void {
  const key = `${operation.op} ${field} ${why}`;
  const known = skipped.get(key);
  skipped.set(key, {
    op: operation.op,
    field,
    why,
    count: (known?.count ?? 0) + 1,
    firstLine: known?.firstLine ?? operation.line,
  });
}
