import { z } from 'zod';
import type { RaceDocument } from '../race-result.ts';
import { outcome } from './check-schema.ts';
import { count, flag, host, list, object, oneOf, text, texts } from './schema-parts.ts';

export const raceSchema: z.ZodType<RaceDocument> = object({
  schema: z.literal('pte-aging/stress@1'),
  seed: text,
  interrupted: flag,
  host,
  config: object({ scenario: text, repeat: count }),
  variants: list(
    object({
      variant: text,
      mutant: text.nullable(),
      verdict: oneOf(['clean', 'violated', 'interrupted']),
      rounds: count,
      outcomes: list(outcome.extend({ seen: count })),
      unexplained: list(outcome.pick({ results: true }).extend({ seen: count })),
      explored: object({
        scenario: text,
        verdict: oneOf(['holds', 'violated', 'unknown']),
        complete: flag,
        states: count,
      }),
    }),
  ),
  findings: texts,
});
