import type { ConformedTrace } from '../run/conform-result.ts';
import { formatTable } from '../shared/text-table.ts';
import { groupBy } from './group-by.ts';
import { withSeparators } from './number-text.ts';
import { variantLabel } from './variant-label.ts';

/** What the oracle says of the model's answers, whether or not the kernel gave the same; empty if nothing. */
export function conformFindingsText(traces: readonly ConformedTrace[], { onlyForbidden = false } = {}): string {
  const all = traces
    .flatMap((trace) => trace.findings.map((finding) => ({ trace, ...finding })))
    .filter((finding) => !onlyForbidden || finding.class === 'forbidden');
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
  return formatTable([head, ...rows], [4, 5]);
}
