import { z } from 'zod';

/*
 * Parts of the schemas of saved results. The error of a schema is what would have been accepted; the reader adds where and
 * what. Fields that are not named are dropped: later versions may have more.
 */

const TIME = 'a time from 0 to 2^53';

export const text = z.string({ error: 'text' });
export const texts = list(text);
export const flag = z.boolean({ error: 'true or false' });
export const number = z.number({ error: 'a number' });
export const count = z.int({ error: 'a whole number from 0 on' }).min(0, { error: 'a whole number from 0 on' });
export const positive = z.int({ error: 'a whole number from 1 on' }).min(1, { error: 'a whole number from 1 on' });
export const duration = z.number({ error: TIME }).min(0, { error: TIME }).max(Number.MAX_SAFE_INTEGER, { error: TIME });
export const ratio = z.number({ error: 'a number above 0' }).gt(0, { error: 'a number above 0' });
export const fraction = z
  .number({ error: 'a number 0 … 1' })
  .min(0, { error: 'a number 0 … 1' })
  .max(1, { error: 'a number 0 … 1' });

export const host = object({
  cpu: text,
  cores: positive,
  memoryBytes: count,
  loadAverage: number,
  node: text,
  v8: text,
  os: text,
});

const percentile = z
  .number({ error: 'a percentile 0 … 100' })
  .min(0, { error: 'a percentile 0 … 100' })
  .max(100, { error: 'a percentile 0 … 100' });

export const latencyCurve = object({
  count,
  points: list(z.tuple([percentile, duration], { error: '[percentile, nanoseconds]' })),
});

export function object<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.object(shape, { error: `an object with ${Object.keys(shape).join(', ')}` });
}

export function list<Item extends z.core.SomeType>(item: Item) {
  return z.array(item, { error: 'a list' });
}

export function oneOf<const Name extends string>(names: readonly Name[]) {
  return z.enum(names as readonly [Name, ...Name[]], { error: names.join(', ') });
}

/** An object that has each of these keys. */
export function each<const Key extends string, Value extends z.core.SomeType>(keys: readonly Key[], value: Value) {
  return object(Object.fromEntries(keys.map((key) => [key, value])) as Record<Key, Value>);
}

export function textsByName() {
  return z.record(z.string(), texts, { error: 'an object from names to lists of text' });
}
