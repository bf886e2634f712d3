import type { SavedResult } from '../run/saved/saved-result.ts';
import { countText } from './count-text.ts';
import { benchSectionHtml } from './html/bench-section.ts';
import { CHART_STYLE } from './html/chart-style.ts';
import { checkSectionHtml, checkSummaryHtml } from './html/check-section.ts';
import { conformSectionHtml } from './html/conform-section.ts';
import { escapeHtml } from './html/escape-html.ts';
import { pageHtml } from './html/page.ts';
import { raceSectionHtml } from './html/race-section.ts';
import type { StepperData } from './html/stepper-data.ts';
import { stressSectionHtml } from './html/stress-section.ts';
import { reclaimText } from './reclaim-text.ts';
import { savedTitles } from './saved-titles.ts';
import { withVisibleText } from './visible-text.ts';

/** Saved results as one HTML file that needs nothing else: a section a document, in the order in which they are given. */
export function reportHtml(saved: readonly SavedResult[]): string {
  const documents = withVisibleText(saved);
  const titles = savedTitles(documents);
  const steppers: StepperData[] = [];
  const sections = documents.map(
    (document, index) => `<div class="document" id="document-${index}">
<h2>${escapeHtml(titles[index] ?? '')}</h2>
<p class="source">${escapeHtml(document.file)}</p>
${sectionHtml(document, `document-${index}-`, steppers)}
</div>`,
  );
  const links = titles.map((title, index) => `<li><a href="#document-${index}">${escapeHtml(title)}</a></li>`);
  return pageHtml({
    title: 'pte-aging report',
    header: `<p class="counts">${countText(documents.length, 'result')}</p>
<nav aria-label="results"><ul>${links.join('')}</ul></nav>`,
    main: sections.join('\n'),
    steppers,
    style: CHART_STYLE,
  });
}

function sectionHtml(document: SavedResult, prefix: string, steppers: StepperData[]): string {
  switch (document.kind) {
    case 'bench':
      return benchSectionHtml(document.result);
    case 'stress':
      return stressSectionHtml(document.result);
    case 'race':
      return raceSectionHtml(document.result);
    case 'check':
      return checkSummaryHtml(document.result) + checkSectionHtml(document.result, prefix, steppers);
    case 'conform':
      return conformSectionHtml(document.result);
    case 'reclaim':
      return `<section><pre class="text" tabindex="0">${escapeHtml(reclaimText(document.result, false))}</pre></section>`;
    default:
      return document satisfies never;
  }
}
