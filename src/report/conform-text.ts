import type { Disagreement } from '../conform/trace-result.ts';
import type { ConformedTrace, ConformResult, VariantCoverage } from '../run/conform-result.ts';
import { formatTable } from '../shared/text-table.ts';
import { differenceText } from './answer-text.ts';
import { conformFindingsText } from './conform-findings-text.ts';
import { groupBy } from './group-by.ts';
import { withSeparators } from './number-text.ts';
import type { Paint } from './paint.ts';
import { variantLabel } from './variant-label.ts';

/** Traces whose first disagreement is told in full. */
const TRACES_TOLD = 5;

/** Rules never asked that are named; the coverage document has all. */
const RULES_NAMED = 6;

export interface ConformTextOptions {
  /** Leave out what was done. */
  readonly quiet: boolean;
  readonly paint: Paint;
}

/** The result of a conform run as a person reads it. */
export function conformText(result: ConformResult, { quiet, paint }: ConformTextOptions): string {
  const { traces } = result;
  const parts = [
    ...(quiet || traces.length === 0 ? [] : [summary(traces), skippedFields(traces), coverage(result.rules)]),
    ...(quiet ? [] : [conformFindingsText(traces)]),
    differences(traces),
    ...stories(traces, paint),
    verdict(result, paint),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function summary(traces: readonly ConformedTrace[]): string {
  const groups = groupBy(traces, (trace) => `${machineOf(trace)}\n${variantLabel(trace)}`);
  const rows = [...groups].map(([key, group]) => [...key.split('\n'), ...totals(group)]);
  if (rows.length > 1) rows.push(['in all', '', ...totals(traces)]);
  const head = ['kernel, MMU', 'variant', 'traces', 'disagree', 'operations', 'fields', 'agree', 'differ', 'skipped'];
  return formatTable([head, ...rows], [2, 3, 4, 5, 6, 7, 8]);
}

/** The kernel's release and the MMU, as in `6.12 tdp`. */
function machineOf({ kernel, mmu }: ConformedTrace): string {
  return `${/^\d+\.\d+/.exec(kernel)?.[0] ?? kernel} ${mmu}`;
}

function totals(traces: readonly ConformedTrace[]): string[] {
  const sum = (count: (trace: ConformedTrace) => number): number =>
    traces.reduce((total, trace) => total + count(trace), 0);
  return [
    traces.length,
    disagreeing(traces).length,
    sum((trace) => trace.operations),
    sum((trace) => trace.compared),
    sum((trace) => trace.agreements),
    sum((trace) => trace.disagreements.length),
    sum((trace) => trace.skipped.reduce((total, { count }) => total + count, 0)),
  ].map(withSeparators);
}

function disagreeing(traces: readonly ConformedTrace[]): ConformedTrace[] {
  return traces.filter((trace) => trace.disagreements.length > 0);
}

function skippedFields(traces: readonly ConformedTrace[]): string {
  const all = traces.flatMap(({ file, skipped }) => skipped.map((field) => ({ file, ...field })));
  if (all.length === 0) return '';
  const rows = [...groupBy(all, ({ op, field, why }) => `${op} ${field}\n${why}`)].map(([key, fields]) => {
    const [what = '', why = ''] = key.split('\n');
    const [first] = fields;
    const times = fields.reduce((sum, { count }) => sum + count, 0);
    return [what, withSeparators(times), why, `${first?.file}:${first?.firstLine}`];
  });
  return formatTable([['not compared', 'times', 'because', 'first'], ...rows], [1]);
}

/** Rules that no operation asked could be anything: the traces say nothing about them. */
function coverage(rules: readonly VariantCoverage[]): string {
  const rows = rules.map((variant) => {
    const unasked = variant.rules.filter(({ operations }) => operations === 0).map(({ rule }) => rule);
    const asked = variant.rules.length - unasked.length;
    const more = unasked.length > RULES_NAMED ? ` … ${unasked.length - RULES_NAMED} more` : '';
    const names = `${unasked.slice(0, RULES_NAMED).join(', ')}${more}`;
    return [variantLabel(variant), `${asked} of ${variant.rules.length}`, names || '-'];
  });
  return formatTable([['variant', 'rules asked', 'never asked'], ...rows], [1]);
}

/** Which fields differ, and how often. */
function differences(traces: readonly ConformedTrace[]): string {
  const all = traces.flatMap((trace) => trace.disagreements.map((disagreement) => ({ trace, ...disagreement })));
  if (all.length === 0) return '';
  const rows = [...groupBy(all, ({ trace, op, field }) => `${variantLabel(trace)}\n${op} ${field}`)].map(
    ([key, found]) => [
      ...key.split('\n'),
      withSeparators(found.length),
      withSeparators(new Set(found.map(({ trace }) => trace)).size),
    ],
  );
  return formatTable([['variant', 'differs', 'times', 'traces'], ...rows], [2, 3]);
}

function stories(traces: readonly ConformedTrace[], paint: Paint): string[] {
  const told = disagreeing(traces);
  const texts = told.slice(0, TRACES_TOLD).map((trace) => story(trace, trace.disagreements, paint));
  if (told.length > TRACES_TOLD) texts.push(`… and ${withSeparators(told.length - TRACES_TOLD)} more traces disagree`);
  return texts;
}

/** The first operation in which a trace disagrees: what was done before it, and all that differs there. */
function story(trace: ConformedTrace, [first, ...others]: readonly Disagreement[], paint: Paint): string {
  if (first === undefined) return '';
  const count = withSeparators(trace.disagreements.length);
  const head = `${trace.file}:${first.line}: disagreement 1 of ${count} with ${variantLabel(trace)}`;
  const before = first.context.slice(0, -1).map((line) => `    ${line}`);
  const itself = `  > ${first.context.at(-1) ?? first.op}`;
  const there = [first, ...others.filter(({ line }) => line === first.line)];
  const differ = there.map(({ field, kernel, model }) => `    ${differenceText(field, kernel, model)}`);
  return [paint('bold', head), ...before, itself, ...differ].join('\n');
}

function verdict({ traces, files, interrupted }: ConformResult, paint: Paint): string {
  const wrong = disagreeing(traces).length;
  const fields = withSeparators(traces.reduce((sum, { compared }) => sum + compared, 0));
  const count = withSeparators(traces.length);
  const line =
    wrong === 0
      ? `${paint('green', 'AGREES')}  ${count} of ${count} replays, ${fields} fields compared`
      : `${paint('red', 'DISAGREES')}  ${withSeparators(wrong)} of ${count} replays, ${fields} fields compared`;
  return interrupted
    ? `interrupted: what is shown above is partial, of ${withSeparators(files)} traces\n${line}`
    : line;
}
