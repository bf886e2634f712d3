import { z } from 'zod';
import { type ReasonId, reasonText } from '../../shared/property.ts';
import { CONFORM_SCHEMA, type ConformResult } from '../conform-result.ts';
import { count, flag, list, number, object, oneOf, text, texts } from './schema-parts.ts';

const trace = object({
  file: text,
  variant: text,
  mutant: text.nullable(),
  kernel: text,
  mmu: text,
  scenario: text,
  operations: count,
  compared: count,
  agreements: count,
  disagreements: list(
    object({ line: count, op: text, field: text, kernel: z.unknown(), model: z.unknown(), context: texts }),
  ),
  skipped: list(object({ op: text, field: text, why: text, count, firstLine: count })),
  findings: list(
    object({
      line: count,
      op: text,
      property: oneOf(['access-lost', 'access-misreported']),
      class: oneOf(['forbidden', 'tolerated']),
      reason: oneOf(Object.keys(reasonText) as ReasonId[]).nullable(),
      pages: list(z.tuple([count, count], { error: '[start, end]' })),
    }),
  ),
  ruleUses: z.record(z.string(), count, { error: 'an object from rules to counts' }),
});

export const conformSchema: z.ZodType<ConformResult> = object({
  schema: z.literal(CONFORM_SCHEMA),
  interrupted: flag,
  files: count,
  traces: list(trace),
  rules: list(
    object({
      variant: text,
      mutant: text.nullable(),
      rules: list(
        object({
          rule: text,
          value: z.union([flag, number, text], { error: 'true, false, a number, or text' }),
          operations: count,
          traces: count,
        }),
      ),
    }),
  ),
});
