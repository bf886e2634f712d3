import { expect, it } from 'vitest';
import { runGang } from '../../support/gang.ts';
import type { ReadWriteLockName } from '../../support/locks-under-test.ts';
import program, { WRITES } from '../../support/programs/persistent-readers.ts';

async function write(variant: ReadWriteLockName, waitBoundMs: number) {
  const { m, parts, errors } = await runGang(program, { threads: 4, variant, seed: '1', waitBoundMs });
  return { errors, writes: m.load(parts.writes) };
}

it('a writer of mmu_lock gets its turn though readers come again and again', async () => {
  expect(await write('mmuLock', 10_000)).toEqual({ errors: [], writes: WRITES });
});

it('a lock that lets readers past a waiting writer would be caught', async () => {
  const { errors, writes } = await write('readersFirst', 500);
  expect(errors).toEqual([expect.stringContaining('waited 500 ms for lock.cnts')]);
  expect(writes).toBeLessThan(WRITES);
});
