import type { CheckedScenario } from '../check/check-result.ts';
import type { SavedResult } from '../run/saved/saved-result.ts';
import type { StressResult } from '../run/stress-result.ts';
import { type PropertyId, propertyText } from '../shared/property.ts';
import { differenceText } from './answer-text.ts';
import { expectationText, verdictText } from './check-verdict-text.ts';
import { countText } from './count-text.ts';
import { variantLabel } from './variant-label.ts';
import { violationName } from './violation-text.ts';
import { changeText, ratioName, worseRatios } from './worse-ratios.ts';

/** What somebody who waits for the results of a change must look at. */
export interface SavedProblem {
  /** *error*: it is wrong; *warning*: it is not known, or is worth less than it looks. */
  readonly level: 'error' | 'warning';
  readonly title: string;
  readonly message: string;
  /** The scenario or trace that it is about. */
  readonly file: string | null;
  /** From 1. */
  readonly line: number | null;
}

export function savedProblems(saved: readonly SavedResult[]): readonly SavedProblem[] {
  return saved.flatMap(problemsOf);
}

function problemsOf(document: SavedResult): SavedProblem[] {
  switch (document.kind) {
    case 'stress':
      return stressProblems(document.result);
    case 'check':
      return [...document.result.results.flatMap(checkProblems), ...interruption(document)];
    case 'conform':
      return [
        ...document.result.traces.flatMap((trace) => {
          const [first] = trace.disagreements;
          if (first === undefined) return [];
          const more = countText(trace.disagreements.length, 'disagreement');
          const message = `${variantLabel(trace)}: ${first.op}, ${differenceText(first.field, first.kernel, first.model)} (${more} in this trace)`;
          return [problem('error', 'disagrees with the kernel', message, trace.file, first.line)];
        }),
        ...interruption(document),
      ];
    case 'race':
      return [
        ...document.result.findings.map((finding) => problem('error', 'an outcome that is not known', finding)),
        ...interruption(document),
      ];
    case 'bench':
      return [
        ...document.result.failures.map((failure) => problem('error', 'harness failure', failure)),
        ...worseRatios(document.result).map((change) =>
          problem('error', 'a ratio got worse', `${ratioName(change)}: ${changeText(change)}`),
        ),
        ...document.result.warnings.map((warning) => problem('warning', 'bench', warning)),
        ...interruption(document),
      ];
    case 'reclaim':
      return [
        ...document.result.rows.flatMap(({ variant, mutant, guest, end }) =>
          end === null
            ? []
            : [problem('warning', end.cause, `${variantLabel({ variant, mutant })}, guest ${guest}: ${end.message}`)],
        ),
        ...interruption(document),
      ];
    default:
      return document satisfies never;
  }
}

function stressProblems(result: StressResult): SavedProblem[] {
  return result.variants.flatMap((variant) => {
    const name = variantLabel(variant);
    const found = Object.entries(variant.violations).flatMap(([property, count]) => {
      if (count === null || count === 0) return [];
      const first = result.findings.find((finding) => finding.property === property && variantLabel(finding) === name);
      const detail = first === undefined ? propertyText[property as PropertyId] : first.detail;
      return [problem('error', property, `${name}: ${countText(count, 'violation')}, seed ${result.seed}: ${detail}`)];
    });
    const failures = variant.failures.map((failure) => problem('error', 'harness failure', `${name}: ${failure}`));
    const cut =
      variant.verdict === 'interrupted' ? [problem('warning', 'interrupted', `${name}: the results are partial`)] : [];
    return [...found, ...failures, ...cut];
  });
}

/** A violation that the scenario file expects is none. */
function checkProblems(result: CheckedScenario): SavedProblem[] {
  const place = `${result.scenario} under ${variantLabel(result)}`;
  if (result.expectation === 'unmet') {
    return [
      problem('error', 'not as expected', `${place}: ${verdictText(result)}, ${expectationText(result)}`, result.file),
    ];
  }
  if (result.verdict === 'unknown')
    return [problem('warning', 'unknown', `${place}: ${verdictText(result)}`, result.file)];
  if (result.verdict !== 'violated' || result.expectation === 'met') return [];
  const forbidden = result.violations.filter((violation) => violation.class === 'forbidden');
  if (forbidden.length === 0) return [problem('error', 'violated', place, result.file)];
  return forbidden.map((violation) =>
    problem('error', violationName(violation), `${place}: ${violation.message}`, result.file),
  );
}

function interruption({ kind, file, result }: SavedResult): SavedProblem[] {
  return result.interrupted ? [problem('warning', 'interrupted', `${kind}: the results in ${file} are partial`)] : [];
}

function problem(
  level: SavedProblem['level'],
  title: string,
  message: string,
  file: string | null = null,
  line: number | null = null,
): SavedProblem {
  return { level, title, message, file, line };
}
