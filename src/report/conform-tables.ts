import type { ConformedTrace, VariantCoverage } from '../run/conform-result.ts';
import { groupBy } from './group-by.ts';
import { withSeparators } from './number-text.ts';
import type { Table } from './table.ts';
import { variantLabel } from './variant-label.ts';

/** Rules never asked that are named; the coverage document has all. */
const RULES_NAMED = 6;

/** What was replayed and compared, by kernel and variant. */
export function conformSummaryTable(traces: readonly ConformedTrace[]): Table {
  const groups = groupBy(traces, (trace) => `${machineOf(trace)}\n${variantLabel(trace)}`);
  const rows = [...groups].map(([key, group]) => [...key.split('\n'), ...totals(group)]);
  if (rows.length > 1) rows.push(['in all', '', ...totals(traces)]);
  const head = ['kernel, MMU', 'variant', 'traces', 'disagree', 'operations', 'fields', 'agree', 'differ', 'skipped'];
  return { head, rows, numbers: [2, 3, 4, 5, 6, 7, 8] };
}

/** The kernel's release and the MMU, as in `6.12 tdp`. */
export function machineOf({ kernel, mmu }: ConformedTrace): string {
  return `${/^\d+\.\d+/.exec(kernel)?.[0] ?? kernel} ${mmu}`;
}

function totals(traces: readonly ConformedTrace[]): string[] {
  const sum = (count: (trace: ConformedTrace) => number): number =>
    traces.reduce((total, trace) => total + count(trace), 0);
  return [
    traces.length,
    disagreeingTraces(traces).length,
    sum((trace) => trace.operations),
    sum((trace) => trace.compared),
    sum((trace) => trace.agreements),
    sum((trace) => trace.disagreements.length),
    sum((trace) => trace.skipped.reduce((total, { count }) => total + count, 0)),
  ].map(withSeparators);
}

export function disagreeingTraces(traces: readonly ConformedTrace[]): ConformedTrace[] {
  return traces.filter((trace) => trace.disagreements.length > 0);
}

/** Which fields were not compared, and why. */
export function skippedTable(traces: readonly ConformedTrace[]): Table {
  const all = traces.flatMap(({ file, skipped }) => skipped.map((field) => ({ file, ...field })));
  const rows = [...groupBy(all, ({ op, field, why }) => `${op} ${field}\n${why}`)].map(([key, fields]) => {
    const [what = '', why = ''] = key.split('\n');
    const [first] = fields;
    const times = fields.reduce((sum, { count }) => sum + count, 0);
    return [what, withSeparators(times), why, `${first?.file}:${first?.firstLine}`];
  });
  return { head: ['not compared', 'times', 'because', 'first'], rows, numbers: [1] };
}

/** Which fields differ, and how often. */
export function differencesTable(traces: readonly ConformedTrace[]): Table {
  const all = traces.flatMap((trace) => trace.disagreements.map((disagreement) => ({ trace, ...disagreement })));
  const rows = [...groupBy(all, ({ trace, op, field }) => `${variantLabel(trace)}\n${op} ${field}`)].map(
    ([key, found]) => [
      ...key.split('\n'),
      withSeparators(found.length),
      withSeparators(new Set(found.map(({ trace }) => trace)).size),
    ],
  );
  return { head: ['variant', 'differs', 'times', 'traces'], rows, numbers: [2, 3] };
}

/** Rules that no operation asked could be anything: the traces say nothing about them. */
export function coverageTable(rules: readonly VariantCoverage[]): Table {
  const rows = rules.map((variant) => {
    const unasked = variant.rules.filter(({ operations }) => operations === 0).map(({ rule }) => rule);
    const asked = variant.rules.length - unasked.length;
    const more = unasked.length > RULES_NAMED ? ` … ${unasked.length - RULES_NAMED} more` : '';
    const names = `${unasked.slice(0, RULES_NAMED).join(', ')}${more}`;
    return [variantLabel(variant), `${asked} of ${variant.rules.length}`, names || '-'];
  });
  return { head: ['variant', 'rules asked', 'never asked'], rows, numbers: [1] };
}
