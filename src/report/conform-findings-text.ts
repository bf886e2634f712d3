import type { ConformedTrace } from '../run/conform-result.ts';
import { groupBy } from './group-by.ts';
import { withSeparators } from './number-text.ts';
import { type Table, tableText } from './table.ts';
import { variantLabel } from './variant-label.ts';

export const FORBIDDEN_NOTE = 'forbidden where the kernel answers the same: docs/findings.md says what is known of it';

/** What the oracle says of the model's answers, whether or not the kernel gave the same; empty if nothing. */
export function conformFindingsText(traces: readonly ConformedTrace[]): string {
  const table = conformFindingsTable(traces);
  if (table.rows.length === 0) return '';
  return hasForbidden(traces) ? `${tableText(table)}\n(${FORBIDDEN_NOTE})` : tableText(table);
}

export function hasForbidden(traces: readonly ConformedTrace[]): boolean {
  return traces.some(({ findings }) => findings.some((finding) => finding.class === 'forbidden'));
}

export function conformFindingsTable(traces: readonly ConformedTrace[]): Table {
  const all = traces.flatMap((trace) => trace.findings.map((finding) => ({ trace, ...finding })));
  const groups = groupBy(all, (finding) =>
    [variantLabel(finding.trace), finding.property, finding.class, finding.reason ?? '-'].join('\n'),
  );
  const rows = [...groups].map(([key, findings]) => {
    const [first] = findings;
    return [
      ...key.split('\n'),
      withSeparators(findings.length),
      withSeparators(new Set(findings.map(({ trace }) => trace)).size),
      `${first?.trace.file}:${first?.line}`,
    ];
  });
  const head = ['the oracle says', 'property', 'class', 'reason', 'operations', 'traces', 'first'];
  return { head, rows, numbers: [4, 5] };
}
