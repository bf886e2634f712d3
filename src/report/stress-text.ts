import type { StressResult, StressVerdict } from '../run/stress-result.ts';
import { type PropertyId, propertyText } from '../shared/property.ts';
import type { Paint } from './paint.ts';
import {
  stressFindingsTable,
  stressLatencyNote,
  stressLatencyTable,
  stressWarning,
  stressWorkTable,
} from './stress-tables.ts';
import { tableText } from './table.ts';
import { variantLabel } from './variant-label.ts';

export interface StressTextOptions {
  /** Leave out what was done and how long it took. */
  readonly quiet: boolean;
  readonly paint: Paint;
}

/** The result of a stress run as a person reads it. */
export function stressText(result: StressResult, { quiet, paint }: StressTextOptions): string {
  const parts = [
    ...(quiet || result.variants.length === 0 ? [] : [tableText(stressWorkTable(result)), latency(result)]),
    verdicts(result, paint),
    ...findings(result),
    ...failures(result),
    closing(result),
  ];
  return `${parts.join('\n\n')}\n`;
}

function latency(result: StressResult): string {
  return `${tableText(stressLatencyTable(result))}\n(${stressLatencyNote(result)})`;
}

const VERDICT_STYLE = {
  clean: 'green',
  violated: 'red',
  'harness-failure': 'red',
  interrupted: 'yellow',
} as const satisfies Record<StressVerdict, 'red' | 'green' | 'yellow'>;

function verdicts(result: StressResult, paint: Paint): string {
  const lines = result.variants.map(
    (variant) =>
      `${paint(VERDICT_STYLE[variant.verdict], variant.verdict.toUpperCase().padEnd(9))} ${variantLabel(variant)}, ${variant.seconds.toFixed(1)} s`,
  );
  return `${tableText(stressFindingsTable(result))}\n\n${lines.join('\n')}`;
}

function findings(result: StressResult): string[] {
  const seen = new Set<PropertyId>();
  const lines: string[] = [];
  for (const finding of result.findings) {
    if (seen.has(finding.property)) continue;
    seen.add(finding.property);
    lines.push(
      `${finding.property}: ${propertyText[finding.property]}\n` +
        `  first seen by ${finding.thread} of ${finding.variant}${finding.page === null ? '' : `, page ${finding.page}`}: ${finding.detail}`,
    );
  }
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function failures(result: StressResult): string[] {
  const lines = result.variants.flatMap((variant) =>
    variant.failures.map((failure) => `harness failure on ${variantLabel(variant)}: ${failure}`),
  );
  return lines.length === 0 ? [] : [`${lines.join('\n')}\nwhat is shown above is partial`];
}

function closing(result: StressResult): string {
  const interrupted = result.interrupted ? 'interrupted: what is shown above is partial\n' : '';
  const warning = stressWarning(result);
  return `${interrupted}${warning === '' ? '' : `${warning}\n`}clean means: nothing was found in this run. It is no proof.\nseed ${result.seed}`;
}
