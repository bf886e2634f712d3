import { describe, expect, it } from 'vitest';
import { runGang } from '../../support/gang.ts';
import program from '../../support/programs/grace-period.ts';

async function replace(variant: string, seed: string) {
  const { m, parts, errors } = await runGang(program, { threads: 4, variant, seed });
  return { errors, uses: m.load(parts.uses), usesAfterFree: m.load(parts.usesAfterFree) };
}

describe.each([
  ['rcu', ['rcuStampsEarly', 'rcuUnannounced']],
  ['srcu', ['srcuUnsynchronized', 'srcuWrongSide']],
])('%s on four threads', (right, broken) => {
  it.each(['1', '2'])('frees nothing that a reader still uses (seed %s)', async (seed) => {
    const { errors, uses, usesAfterFree } = await replace(right, seed);
    expect({ errors, usesAfterFree }).toEqual({ errors: [], usesAfterFree: 0 });
    expect(uses).toBeGreaterThan(0);
  });

  it.each(broken)('would be caught if broken: %s', async (variant) => {
    expect((await replace(variant, '1')).usesAfterFree).toBeGreaterThan(0);
  });
});
