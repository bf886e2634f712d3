import type { ConformedTrace, ConformResult } from '../run/conform-result.ts';
import { differenceText } from './answer-text.ts';
import { emptyReport } from './junit.ts';

/** Disagreements of a trace that are listed. */
const LISTED = 20;

/** One suite a variant, one case a trace. */
export function conformJunit(result: ConformResult): string {
  const builder = emptyReport();
  for (const { variant, mutant } of result.rules) {
    const name = mutant === null ? variant : `${variant}+${mutant}`;
    const suite = builder.testSuite().name(`conform ${name}`);
    for (const trace of result.traces.filter((candidate) => candidate.variant === variant)) {
      const test = suite.testCase().className(`conform.${name}`).name(trace.file);
      if (trace.disagreements.length > 0) test.failure(failureText(trace), 'disagreement');
    }
    if (result.interrupted) suite.testCase().className(`conform.${name}`).name('harness').error('interrupted');
  }
  return builder.build();
}

function failureText({ disagreements, compared }: ConformedTrace): string {
  const [first] = disagreements;
  return [
    `${disagreements.length} of ${compared} fields differ`,
    ...(first?.context ?? []),
    ...disagreements
      .slice(0, LISTED)
      .map(({ line, op, field, kernel, model }) => `line ${line}, ${op}: ${differenceText(field, kernel, model)}`),
    ...(disagreements.length > LISTED ? [`… ${disagreements.length - LISTED} more`] : []),
  ].join('\n');
}
