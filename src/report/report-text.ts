import type { ConformResult } from '../run/conform-result.ts';
import type { SavedResult } from '../run/saved/saved-result.ts';
import type { StressResult } from '../run/stress-result.ts';
import { benchReportText } from './bench-report-text.ts';
import { ageClasses } from './chart/age-classes.ts';
import { agesText } from './chart-text/age-text.ts';
import { percentilesText } from './chart-text/percentile-text.ts';
import { checkText } from './check-text.ts';
import { conformByScenario } from './conform-by-scenario.ts';
import { conformText } from './conform-text.ts';
import { withSeparators } from './number-text.ts';
import type { Paint } from './paint.ts';
import { raceText } from './race-text.ts';
import { reclaimText } from './reclaim-text.ts';
import { savedTitles } from './saved-titles.ts';
import { stressKinds } from './stress-tables.ts';
import { stressText } from './stress-text.ts';
import { tableText } from './table.ts';
import { variantLabel } from './variant-label.ts';
import { withVisibleText } from './visible-text.ts';

/** Saved results as their commands print them, with charts made of letters. */
export function reportText(saved: readonly SavedResult[], paint: Paint): string {
  const documents = withVisibleText(saved);
  const titles = savedTitles(documents);
  const texts = documents.map((document, index) => {
    const head = `== ${titles[index]} (${document.file})`;
    return `${paint('bold', head)}\n\n${textOf(document, paint)}`;
  });
  return texts.join('\n');
}

function textOf(document: SavedResult, paint: Paint): string {
  switch (document.kind) {
    case 'bench':
      return benchReportText(document.result, paint);
    case 'stress':
      return `${stressText(document.result, { quiet: false, paint })}${stressCharts(document.result, paint)}`;
    case 'race':
      return raceText(document.result);
    case 'check':
      return checkText(document.result, { quiet: false, paint });
    case 'conform':
      return `${conformText(document.result, { quiet: false, paint })}${agreementText(document.result, paint)}`;
    case 'reclaim':
      return reclaimText(document.result, false);
    default:
      return document satisfies never;
  }
}

function stressCharts({ variants }: StressResult, paint: Paint): string {
  const curves = stressKinds.map(([name, kind]) =>
    percentilesText(
      paint('bold', name),
      variants.map((variant) => ({ name: variantLabel(variant), curve: variant.curves[kind] })),
    ),
  );
  const classes = ageClasses(variants.flatMap(({ pageAges }) => pageAges ?? []));
  const ages = variants.map((variant) =>
    variant.pageAges === null
      ? ''
      : agesText(paint('bold', `page age, ${variantLabel(variant)}`), variant.pageAges, classes),
  );
  return [...curves, ...ages].flatMap((chart) => (chart === '' ? [] : [`\n${chart}\n`])).join('');
}

/** Fields that agree, by scenario and kernel; of how many, where they differ. */
function agreementText({ traces }: ConformResult, paint: Paint): string {
  if (traces.length === 0) return '';
  const { columns, rows } = conformByScenario(traces);
  const table = tableText({
    head: ['scenario', ...columns.map(({ machine }) => machine)],
    rows: rows.map(({ scenario, cells }) => [
      scenario,
      ...cells.map((cell) => {
        if (cell === null) return '';
        const { agreed, compared } = cell;
        return agreed === compared
          ? withSeparators(agreed)
          : `${withSeparators(agreed)} of ${withSeparators(compared)}`;
      }),
    ]),
    numbers: columns.map((_, index) => index + 1),
  });
  return `\n${paint('bold', 'fields that agree, by scenario and kernel')}\n${table}\n`;
}
