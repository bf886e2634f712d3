import { expect, it } from 'vitest';
import { runGang } from '../../support/gang.ts';
import program from '../../support/programs/gated-start.ts';

async function start(variant: string) {
  const { m, parts, errors } = await runGang(program, { threads: 4, variant, seed: '1' });
  return { errors, passed: m.load(parts.passed), early: m.load(parts.early) };
}

it('nobody passes the start gate before all are there, and all pass it then', async () => {
  expect(await start('startGate')).toEqual({ errors: [], passed: 3, early: 0 });
});

it('a gate that is not there would be caught', async () => {
  expect((await start('unguarded')).early).toBeGreaterThan(0);
});
