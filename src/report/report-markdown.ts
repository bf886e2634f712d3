import type { CheckedScenario, CheckResult } from '../check/check-result.ts';
import type { BenchResult } from '../run/bench-result.ts';
import type { SavedResult } from '../run/saved/saved-result.ts';
import type { StressResult } from '../run/stress-result.ts';
import { benchAnswers } from './bench-answers.ts';
import { benchRatioTable } from './bench-tables.ts';
import { expectationText, verdictText, violatedText } from './check-verdict-text.ts';
import { conformSummaryTable, disagreeingTraces } from './conform-tables.ts';
import { countText } from './count-text.ts';
import { escapeMarkdown } from './escape-markdown.ts';
import { raceTable } from './race-table.ts';
import { reclaimText } from './reclaim-text.ts';
import { type SavedProblem, savedProblems } from './saved-problems.ts';
import { savedTitles } from './saved-titles.ts';
import { stressFindingsTable, stressLatencyTable } from './stress-tables.ts';
import type { Table } from './table.ts';
import { tableMarkdown } from './table-markdown.ts';
import { variantLabel } from './variant-label.ts';
import { withVisibleText } from './visible-text.ts';

/** Rows of a table, and problems; the page has all. */
const ROWS = 40;

/** A summary of saved results for the page of a CI job: verdicts, ratios, what was found, short tables. */
export function reportMarkdown(saved: readonly SavedResult[]): string {
  const documents = withVisibleText(saved);
  const titles = savedTitles(documents);
  const parts = [
    '# pte-aging',
    problemsMarkdown(savedProblems(documents)),
    ...documents.map((document, index) => `## ${escapeMarkdown(titles[index] ?? '')}\n\n${documentMarkdown(document)}`),
  ];
  return `${parts.join('\n\n')}\n`;
}

function problemsMarkdown(problems: readonly SavedProblem[]): string {
  if (problems.length === 0) return 'Nothing is wrong in these results.';
  const items = problems.slice(0, ROWS).map(({ level, title, message, file, line }) => {
    const place = file === null ? '' : ` (${escapeMarkdown(file)}${line === null ? '' : `:${line}`})`;
    return `- ${level}: **${escapeMarkdown(title)}**${place}: ${escapeMarkdown(message)}`;
  });
  const rest = problems.length - items.length;
  return [...items, ...(rest > 0 ? [`- … and ${countText(rest, 'more')}`] : [])].join('\n');
}

function documentMarkdown(document: SavedResult): string {
  switch (document.kind) {
    case 'stress':
      return stressMarkdown(document.result);
    case 'bench':
      return benchMarkdown(document.result);
    case 'check':
      return checkMarkdown(document.result);
    case 'conform': {
      const { traces } = document.result;
      const wrong = disagreeingTraces(traces).length;
      const verdict = wrong === 0 ? '**agrees**' : `**disagrees**: ${wrong} of`;
      return `${verdict} ${countText(traces.length, 'replay')}\n\n${shortTable(conformSummaryTable(traces))}`;
    }
    case 'race':
      return document.result.variants
        .map((raced) => {
          const head = `**${raced.verdict}** ${escapeMarkdown(`${raced.explored.scenario} under ${variantLabel(raced)}`)}, ${countText(raced.rounds, 'round')}`;
          return `${head}\n\n${shortTable(raceTable(raced))}`;
        })
        .join('\n\n');
    case 'reclaim':
      return `<pre>\n${reclaimText(document.result, true).replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</pre>`;
    default:
      return document satisfies never;
  }
}

function stressMarkdown(result: StressResult): string {
  const verdicts = result.variants.map(
    (variant) => `- **${variant.verdict}** ${escapeMarkdown(variantLabel(variant))}, ${variant.seconds.toFixed(1)} s`,
  );
  return [
    verdicts.join('\n'),
    tableMarkdown(stressFindingsTable(result)),
    tableMarkdown(stressLatencyTable(result)),
    `seed ${escapeMarkdown(result.seed)}`,
  ].join('\n\n');
}

function benchMarkdown(result: BenchResult): string {
  const answers = benchAnswers(result).map(({ text }) => `- ${escapeMarkdown(text)}`);
  const table = benchRatioTable(result);
  return [
    ...(answers.length === 0 ? [] : [answers.join('\n')]),
    ...(table.rows.length === 0 ? ['nothing to compare was measured'] : [shortTable(table)]),
  ].join('\n\n');
}

/** What is not as expected comes first. */
function checkMarkdown({ results }: CheckResult): string {
  const sorted = results.toSorted((a, b) => rank(a) - rank(b));
  const rows = sorted.map((result) => [
    verdictText(result),
    result.scenario,
    variantLabel(result),
    violatedText(result),
    expectationText(result),
  ]);
  const ranks = results.map(rank);
  const counted = [
    [0, 'not as expected'],
    [1, 'without a verdict'],
    [2, 'violated, as expected'],
    [3, 'hold'],
  ] as const;
  const counts = counted.flatMap(([wanted, what]) => {
    const count = ranks.filter((one) => one === wanted).length;
    return count === 0 ? [] : [`${count} ${what}`];
  });
  const table = { head: ['verdict', 'scenario', 'variant', 'violated', 'expectation'], rows, numbers: [] };
  return `${countText(results.length, 'result')}: ${counts.join(', ')}\n\n${shortTable(table)}`;
}

/** What a reader wants to know first. */
function rank({ verdict, expectation }: CheckedScenario): number {
  if (expectation === 'unmet' || (verdict === 'violated' && expectation === 'none')) return 0;
  return verdict === 'unknown' ? 1 : verdict === 'violated' ? 2 : 3;
}

function shortTable(table: Table): string {
  const rest = table.rows.length - ROWS;
  const text = tableMarkdown({ ...table, rows: table.rows.slice(0, ROWS) });
  return rest > 0 ? `${text}\n\n… and ${countText(rest, 'more row')}` : text;
}
