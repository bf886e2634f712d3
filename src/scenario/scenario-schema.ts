import { z } from 'zod';
import { type ReasonId, reasonText } from '../shared/property.ts';
import { MAX_PAGES, MAX_SLOT_PAGES, MAX_SLOTS, MAX_THREADS, MAX_VMS } from './scenario-limits.ts';

/*
 * What a scenario file may hold. The error of a schema is what would have been accepted; the reader adds where and what.
 */

export const SCENARIO_SCHEMA = 'pte-aging/scenario@1';

/** The names that this room does not know by itself. */
export interface KnownNames {
  readonly variants: readonly string[];
  /** Ids of properties; without them, any is accepted. */
  readonly properties?: readonly string[];
}

const flag = z.boolean({ error: 'true or false' });
const pageNumber = whole(0, MAX_PAGES - 1);
const operation = z.string({
  error: 'an operation as text, such as "read 17" (an unquoted comma splits a YAML item: quote it)',
});

const machine = keys({
  tdpMmu: flag.default(true),
  adBits: flag.default(true),
  layout: oneOf(['ept', 'legacy']).default('ept'),
  tlb: oneOf(['none', 'cached']).default('none'),
  vcpuMode: oneOf(['exit', 'guest']).default('exit'),
  hugePages: flag.default(false),
  manualDirtyProtect: flag.default(false),
  lockdep: flag.default(true),
  vms: whole(1, MAX_VMS).default(1),
  addressSpaces: z.literal([1, 2], { error: '1 or 2' }).default(1),
});

const memslot = keys({
  id: whole(0, 2 ** 15 - 1),
  vm: whole(0, MAX_VMS - 1).default(0),
  as: whole(0, 1).default(0),
  gfn: pageNumber,
  hva: pageNumber,
  pages: whole(1, MAX_SLOT_PAGES),
  log: flag.default(false),
});

/** One entry of a list, from a thread's name to what it does. */
const setupStep = z
  .record(z.string(), operation, { error: 'a list item "THREAD: OPERATION"' })
  .refine((step) => Object.keys(step).length === 1, { error: 'a list item "THREAD: OPERATION", one operation each' });

const operations = z.array(operation, { error: 'a list of operations' }).min(1, { error: 'at least one operation' });

const threads = z
  .record(z.string(), operations, { error: 'a mapping from threads to lists of operations' })
  .refine((given) => isBetween(1, Object.keys(given).length, MAX_THREADS), { error: `1 … ${MAX_THREADS} threads` });

const NAME = 'a name of at most 80 letters, digits, and . _ - inside';

/** A whole file, in which operations and names of threads are still text. */
export function scenarioSchema({ variants, properties }: KnownNames) {
  return keys({
    schema: z.literal(SCENARIO_SCHEMA, { error: SCENARIO_SCHEMA }),
    name: z.string({ error: NAME }).regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/, { error: NAME }),
    description: z
      .string({ error: 'a line of text' })
      .transform((text) => text.trim().replaceAll(/\s+/g, ' '))
      .default(''),
    variant: oneOf(variants).nullable().default(null),
    machine: machine.default(() => machine.parse({})),
    memslots: z
      .array(memslot, { error: 'a list of memslots' })
      .min(1, { error: `1 … ${MAX_SLOTS} memslots` })
      .max(MAX_SLOTS, { error: `1 … ${MAX_SLOTS} memslots` }),
    setup: z.array(setupStep, { error: 'a list of items "THREAD: OPERATION"' }).default([]),
    threads,
    expect: expectations(variants, properties).default({}),
  });
}

export type ScenarioDocument = z.output<ReturnType<typeof scenarioSchema>>;

function expectations(variants: readonly string[], properties: readonly string[] | undefined) {
  const reason = oneOf(Object.keys(reasonText) as ReasonId[]);
  const id = 'the id of a property, such as access-lost';
  const expectation = keys({
    verdict: oneOf(['holds', 'violated']).nullable().default(null),
    property: (properties === undefined
      ? z.string({ error: id }).regex(/^[a-z]+(?:-[a-z]+)*$/, { error: id })
      : oneOf(properties)
    )
      .nullable()
      .default(null),
    tolerated: z.array(reason, { error: 'a list of reasons' }).nullable().default(null),
  }).refine(({ verdict, property }) => property === null || verdict === 'violated', {
    error: '"property" together with "verdict: violated" only',
  });
  return keys(Object.fromEntries(variants.map((name) => [name, expectation.exactOptional()])));
}

/** An object that has these keys and no others. */
function keys<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const names = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? names : `a mapping with some of ${names}`),
  });
}

function whole(least: number, most: number) {
  const error = `a whole number ${least} … ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

function oneOf<const Name extends string>(names: readonly Name[]) {
  return z.enum(names as readonly [Name, ...Name[]], { error: names.join(', ') });
}

function isBetween(least: number, value: number, most: number): boolean {
  return least <= value && value <= most;
}
