import { describe, expect, it } from 'vitest';
import { runGang } from '../../support/gang.ts';
import type { ReadWriteLockName } from '../../support/locks-under-test.ts';
import program from '../../support/programs/mutual-exclusion.ts';

async function exclude(variant: ReadWriteLockName, seed: string, waitBoundMs?: number) {
  const { m, parts, errors } = await runGang(program, {
    threads: 4,
    variant,
    seed,
    ...(waitBoundMs && { waitBoundMs }),
  });
  return {
    errors,
    meetings: m.load(parts.meetings),
    tornReads: m.load(parts.tornReads),
    lostUpdates: m.load(parts.writes) - m.load(parts.counter),
    lockWord: m.load(parts.lock.cnts),
    queueTail: m.load(parts.lock.waitLock.tail),
  };
}

const RIGHT = { errors: [], meetings: 0, tornReads: 0, lostUpdates: 0, lockWord: 0, queueTail: 0 };

describe('mmu_lock on four threads', () => {
  it.each(['1', '2', '3'])('lets nobody in beside a writer, and loses no update (seed %s)', async (seed) => {
    expect(await exclude('mmuLock', seed)).toEqual(RIGHT);
  });

  it('would be caught if a writer took it with a load and a store', async () => {
    expect((await exclude('loadAndStore', '1', 500)).meetings).toBeGreaterThan(0);
  });

  it('would be caught if readers did not look for a writer', async () => {
    const { meetings, tornReads } = await exclude('carelessReader', '1', 500);
    expect(meetings).toBeGreaterThan(0);
    expect(tornReads).toBeGreaterThan(0);
  });

  it('would be caught if a writer forgot the readers that have announced themselves', async () => {
    expect(await exclude('forgetfulUnlock', '1', 500)).not.toEqual(RIGHT);
  });
});
