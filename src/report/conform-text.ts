import type { Disagreement } from '../conform/trace-result.ts';
import type { ConformedTrace, ConformResult } from '../run/conform-result.ts';
import { differenceText } from './answer-text.ts';
import { conformFindingsText } from './conform-findings-text.ts';
import {
  conformSummaryTable,
  coverageTable,
  differencesTable,
  disagreeingTraces,
  skippedTable,
} from './conform-tables.ts';
import { withSeparators } from './number-text.ts';
import type { Paint } from './paint.ts';
import { type Table, tableText } from './table.ts';
import { variantLabel } from './variant-label.ts';

/** Traces whose first disagreement is told in full. */
const TRACES_TOLD = 5;

export interface ConformTextOptions {
  /** Leave out what was done. */
  readonly quiet: boolean;
  readonly paint: Paint;
}

/** The result of a conform run as a person reads it. */
export function conformText(result: ConformResult, { quiet, paint }: ConformTextOptions): string {
  const { traces } = result;
  const parts = [
    ...(quiet || traces.length === 0
      ? []
      : [
          tableText(conformSummaryTable(traces)),
          filledText(skippedTable(traces)),
          tableText(coverageTable(result.rules)),
        ]),
    ...(quiet ? [] : [conformFindingsText(traces)]),
    filledText(differencesTable(traces)),
    ...stories(traces, paint),
    verdict(result, paint),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function filledText(table: Table): string {
  return table.rows.length === 0 ? '' : tableText(table);
}

function stories(traces: readonly ConformedTrace[], paint: Paint): string[] {
  const told = disagreeingTraces(traces);
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
  const wrong = disagreeingTraces(traces).length;
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
