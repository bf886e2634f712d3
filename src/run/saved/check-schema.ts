import { z } from 'zod';
import { CHECK_SCHEMA, type CheckResult } from '../../check/check-result.ts';
import { count, duration, flag, list, number, object, oneOf, text, texts, textsByName } from './schema-parts.ts';

const wordValue = object({ value: number, text });

const step = object({
  thread: text,
  operation: text,
  op: text,
  word: text,
  before: wordValue.nullable(),
  after: wordValue.nullable(),
  result: number,
  note: text.nullable(),
  switched: oneOf(['preempted', 'blocked', 'finished']).nullable(),
});

const violation = object({
  property: text,
  class: oneOf(['forbidden', 'tolerated']),
  reason: text.nullable(),
  page: count.nullable(),
  message: text,
  preemptions: count.nullable(),
  provenMinimal: flag,
  schedule: list(step),
  pointOfNoReturn: count.nullable(),
  passing: list(step).nullable(),
  replay: text.nullable(),
});

export const outcome = object({
  results: textsByName(),
  interleavings: z
    .string({ error: 'a number as text' })
    .regex(/^\d{1,4000}$/, { error: 'a number as text' })
    .nullable(),
  minPreemptions: count.nullable(),
});

export const checkSchema: z.ZodType<CheckResult> = object({
  schema: z.literal(CHECK_SCHEMA),
  seed: text,
  interrupted: flag,
  results: list(
    object({
      scenario: text,
      description: text,
      file: text.nullable(),
      variant: text,
      mutant: text.nullable(),
      broken: text.nullable(),
      setup: texts,
      model: text,
      verdict: oneOf(['holds', 'violated', 'unknown']),
      complete: flag,
      cut: text.nullable(),
      states: count,
      transitions: count,
      interleavings: outcome.shape.interleavings,
      deadlocks: count,
      seconds: duration,
      outcomes: list(outcome),
      violations: list(violation),
      expectation: oneOf(['met', 'unmet', 'none']),
      expected: text.nullable(),
    }),
  ),
});
