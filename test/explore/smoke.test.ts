import { describe, expect, it } from 'vitest';
import type { Program } from '../../src/explore/program.ts';
import { exploreReplayed } from '../support/explore-replayed.ts';

/** A lost update that needs both threads in the middle of their second round. */
const racy: Program = {
  initial: new Int32Array(2),
  threads: [0, 1].map((thread) => ({
    name: `T${thread}`,
    run: (m) => {
      for (let i = 0; i < 3; i++) m.store(0, m.load(0) + 1);
    },
  })),
  final: [{ name: 'sum', holds: (words) => words[0] === 6 }],
};

describe('random runs before the search', () => {
  it('find a race at once, and the search turns it into a minimal schedule', () => {
    const heard: string[] = [];
    const options = {
      smoke: {
        seed: '7',
        onFinding: (breaches: readonly { property: string }[]) =>
          heard.push(...breaches.map(({ property }) => property)),
      },
    };
    const result = exploreReplayed(racy, options);
    expect(heard).toEqual(['sum']);
    expect(result.smokeRuns).toBeGreaterThan(0);
    expect(result.violations[0]).toMatchObject({ property: 'sum', provenMinimal: true, cost: { preemptions: 1 } });
  });

  it('are the same for the same seed', () => {
    const runs = (seed: string): number => exploreReplayed(racy, { smoke: { seed } }).smokeRuns;
    expect([runs('3'), runs('4')]).toEqual([runs('3'), runs('4')]);
  });

  it('give a schedule to a violation that the budget does not let the search reach', () => {
    const deep: Program = {
      initial: new Int32Array(8),
      threads: Array.from({ length: 6 }, (_, thread) => ({
        name: `T${thread}`,
        run: (m) => {
          for (let i = 0; i < 6; i++) m.store(thread, m.load((thread + 1) % 6) + 1);
          return undefined;
        },
      })),
      final: [{ name: 'never', holds: () => false }],
    };
    const result = exploreReplayed(deep, { budget: { states: 20 } });
    expect(result).toMatchObject({ verdict: 'violated', complete: false });
    const [violation] = result.violations;
    expect(violation).toMatchObject({ property: 'never', cost: { steps: 72 } });
  });

  it('let a spinning thread give way', () => {
    const result = exploreReplayed(
      {
        initial: new Int32Array(1),
        threads: [
          {
            name: 'spinner',
            run: (m) => {
              for (;;) {
                m.loopHead('spin');
                if (m.testBits(0, 1)) return;
              }
            },
          },
          { name: 'setter', run: (m) => m.setBits(0, 1) },
        ],
        final: [{ name: 'never', holds: () => false }],
      },
      { smoke: { seed: '1', runs: 4 } },
    );
    expect(result.smokeRuns).toBe(1);
  });

  it('can be left out', () => {
    expect(exploreReplayed(racy, { smoke: false }).smokeRuns).toBe(0);
  });
});
