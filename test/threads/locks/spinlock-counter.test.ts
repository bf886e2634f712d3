import { expect, it } from 'vitest';
import { runGang } from '../../support/gang.ts';
import program, { INCREMENTS } from '../../support/programs/spinlock-counter.ts';

const THREADS = 4;

async function count(variant: string, seed: string) {
  const { m, parts, errors } = await runGang(program, { threads: THREADS, variant, seed, waitBoundMs: 5000 });
  return { errors, counter: m.load(parts.counter), tail: m.load(parts.lock.tail) };
}

it.each(['1', '2'])('the queued spinlock loses no update and nobody in its queue (seed %s)', async (seed) => {
  expect(await count('queuedSpinlock', seed)).toEqual({ errors: [], counter: THREADS * INCREMENTS, tail: 0 });
});

it('a lock that does not wait would be caught', async () => {
  expect((await count('impatient', '1')).counter).toBeLessThan(THREADS * INCREMENTS);
});
