import { z } from 'zod';
import { guestKinds } from '../../reclaim/guest-kind.ts';
import { oopsProperties } from '../../shared/oops.ts';
import { RECLAIM_SCHEMA, type ReclaimResult } from '../reclaim-result.ts';
import { count, flag, fraction, list, object, oneOf, positive, text } from './schema-parts.ts';

const figures = object({
  accesses: count,
  evictions: count,
  hotEvictions: count,
  refaults: object({ hot: count, cold: count }),
  hotResident: fraction,
});
const mglru = figures.extend({ agingPasses: count, checked: count, kept: count });
const guest = mglru.extend({ agingCalls: count, misreported: count, staleYoung: count, hotEvictionsOfL2: count });

const name = { variant: text, mutant: text.nullable(), guest: oneOf(guestKinds) };
const nothing = z.null({ error: 'null' });
const end = object({
  cause: oneOf([...oopsProperties, 'out-of-memory']),
  page: count.nullable(),
  round: positive,
  access: count,
  message: text,
});

export const reclaimSchema: z.ZodType<ReclaimResult> = object({
  schema: z.literal(RECLAIM_SCHEMA),
  seed: text,
  interrupted: flag,
  config: object({
    seed: text,
    pages: count,
    hot: fraction,
    hotAccesses: fraction,
    limit: count,
    rounds: count,
    accesses: count,
    writes: fraction,
    hotPages: count,
  }),
  rows: list(
    z.union([object({ ...name, figures: guest, end: nothing }), object({ ...name, figures: nothing, end })], {
      error: 'a row with figures, or with what ended it',
    }),
  ),
  comparison: object({ exactLru: figures, asksNobody: mglru }).nullable(),
});
