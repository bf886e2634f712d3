import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { raceScenarioFile } from '../../../src/run/race-run.ts';
import { scenarioTexts } from '../../support/check/scenario-texts.ts';
import { withFolder } from '../../support/cli/run-cli.ts';

const ROUNDS = 3000;
const VARIANTS = ['mmu-lock-6.1', 'lockless-7.3'];

describe('what real threads do is among what the explorer knows', () => {
  it.each(Object.entries(scenarioTexts))('%s', (name, text) =>
    withFolder(async (folder) => {
      const file = join(folder, `${name}.yaml`);
      writeFileSync(file, text);
      const { signal } = new AbortController();
      const { variants, findings } = await raceScenarioFile({
        file,
        repeat: ROUNDS,
        variants: VARIANTS,
        seed: '1',
        signal,
      });
      expect(findings).toEqual([]);
      expect(variants.map(({ variant }) => variant)).toEqual(VARIANTS);
      for (const { rounds, outcomes, unexplained, verdict, explored } of variants) {
        expect({ rounds, unexplained, verdict }).toEqual({ rounds: ROUNDS, unexplained: [], verdict: 'clean' });
        expect(explored).toMatchObject({ scenario: name, complete: true });
        const seen = outcomes.map((outcome) => outcome.seen);
        expect(seen.reduce((sum, count) => sum + count, 0)).toBe(ROUNDS);
        // Threads that run one after the other in every round would prove nothing.
        expect(seen.filter((count) => count > 0).length).toBeGreaterThan(1);
      }
    }),
  );
});
