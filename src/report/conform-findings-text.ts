import type { ConformedTrace } from '../run/conform-result.ts';
import { formatTable } from '../shared/text-table.ts';
import { groupBy } from './group-by.ts';
import { withSeparators } from './number-text.ts';
import { variantLabel } from './variant-label.ts';

const FORBIDDEN = '(forbidden where the kernel answers the same: docs/findings.md says what is known of it)';

/** What the oracle says of the model's answers, whether or not the kernel gave the same; empty if nothing. */
export function conformFindingsText(traces: readonly ConformedTrace[]): string {
  const all = traces.flatMap((trace) => trace.findings.map((finding) => ({ trace, ...finding })));
  if (all.length === 0) return '';
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
  const table = formatTable([head, ...rows], [4, 5]);
  return all.some((finding) => finding.class === 'forbidden') ? `${table}\n${FORBIDDEN}` : table;
}
