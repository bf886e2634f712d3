import { expect, it } from 'vitest';
import { runGang } from '../../support/gang.ts';
import type { ReadWriteLockName } from '../../support/locks-under-test.ts';
import program, { ROUNDS } from '../../support/programs/arrival-order.ts';

const THREADS = 5;
const WAITING = THREADS - 1;

async function order(variant: ReadWriteLockName, seed: string) {
  const { m, parts, errors } = await runGang(program, { threads: THREADS, variant, seed });
  const rounds = (first: number) =>
    Array.from({ length: ROUNDS }, (_, round) =>
      turns(Array.from({ length: WAITING }, (_, index) => m.load(first + round * WAITING + index))),
    );
  return { errors, arrived: rounds(parts.arrivals), entered: rounds(parts.entries) };
}

/** Readers who come in a row share a turn, in which none of them is first; each writer has a turn of its own. */
function turns(threads: readonly number[]): number[][] {
  const all: number[][] = [];
  for (const thread of threads) {
    const last = all.at(-1);
    if ((thread & 1) === 0 && last !== undefined && last.every((other) => (other & 1) === 0)) last.push(thread);
    else all.push([thread]);
  }
  return all.map((turn) => turn.sort((a, b) => a - b));
}

it.each(['1', '2', '3'])('mmu_lock is first come, first served (seed %s)', async (seed) => {
  const { errors, arrived, entered } = await order('mmuLock', seed);
  expect(errors).toEqual([]);
  expect(entered).toEqual(arrived);
});

it('a lock without a queue would be caught', async () => {
  const { errors, arrived, entered } = await order('readersFirst', '1');
  expect(errors).toEqual([]);
  expect(entered).not.toEqual(arrived);
});
