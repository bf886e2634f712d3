import type { RaceDocument } from '../../run/race-result.ts';
import { countText } from '../count-text.ts';
import { raceTable } from '../race-table.ts';
import { variantLabel } from '../variant-label.ts';
import { escapeHtml } from './escape-html.ts';
import { tableHtml } from './table-html.ts';

/** A scenario on real threads: how often each outcome was seen that the explorer knows, and whether there was another. */
export function raceSectionHtml({ variants, findings, interrupted, seed }: RaceDocument): string {
  const sections = variants.map(
    (
      raced,
    ) => `<section><h3>${escapeHtml(`${raced.explored.scenario} under ${variantLabel(raced)}`)} <span class="badge ${raced.verdict}">${raced.verdict}</span></h3>
<p class="extent">${countText(raced.rounds, 'round')} on real threads; ${countText(raced.explored.states, 'state')} explored${raced.explored.complete ? '' : ', not all'}</p>
${tableHtml(raceTable(raced))}</section>`,
  );
  const list =
    findings.length === 0
      ? ''
      : `<ul class="failures">${findings.map((text) => `<li>${escapeHtml(text)}</li>`).join('')}</ul>`;
  return `${interrupted ? '<p class="warning">Interrupted: what is shown is of the rounds that were run.</p>' : ''}${list}
${sections.join('\n')}
<p class="seed">seed <code>${escapeHtml(seed)}</code></p>`;
}
