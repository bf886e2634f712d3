import { describe, expect, it } from 'vitest';
import { exploreUntilStable } from '../../src/check/check-scenario.ts';
import { explainSchedule } from '../../src/check/explain-schedule.ts';
import { scenarioProgram } from '../../src/check/scenario-program.ts';
import type { Rules } from '../../src/mmu/rules.ts';
import type { Memory } from '../../src/shared/memory.ts';
import { FROZEN_BITS, LEGACY } from '../../src/shared/spte.ts';
import { variantNamed } from '../../src/variants/named-rules.ts';
import { createFrozenSpteMonitor } from '../../src/verify/frozen-spte-monitor.ts';
import { exploreReplayed } from '../support/explore-replayed.ts';
import { shippedScenarios } from '../support/scenarios/check-shipped.ts';

describe('A frozen SPTE that changes', () => {
  const FIRST = 1;
  const thaw = (m: Memory): void => {
    m.exchange(FIRST + 1, FROZEN_BITS);
    m.store(FIRST + 1, 0);
  };

  function properties(other: (m: Memory) => void): readonly string[] {
    const monitor = createFrozenSpteMonitor({
      tables: FIRST,
      entries: 3,
      tableCount: 0,
      tablesBefore: 0,
      threadName: (thread) => `thread ${thread}`,
    });
    const { violations } = exploreReplayed({
      initial: Int32Array.of(0, 7, 7, 7),
      threads: [
        { name: 'zapper', run: thaw },
        { name: 'other', run: other },
      ],
      monitors: [monitor],
    });
    return violations.map(({ property, message }) => `${property}: ${message}`);
  }

  it.each<[string, (m: Memory) => void, boolean]>([
    ['by the owner alone', (m) => m.load(FIRST + 1), false],
    ['by an operation on the word', (m) => m.clearBits(FIRST + 1, LEGACY.accessed), true],
    ['by a compare-exchange that has read another value', (m) => m.tryReplace(FIRST + 1, 7, 6), false],
    ['by one that has read this value', (m) => m.tryReplace(FIRST + 1, FROZEN_BITS, 6), true],
    ['by a fill of several words', (m) => m.fill(FIRST, 3, 0), true],
    ['by a fill of the words beside it', (m) => m.fill(FIRST, 1, 0), false],
    ['by an operation that leaves it as it is', (m) => m.clearBits(FIRST + 1, 1), false],
  ])('%s', (_how, other, isClobbered) => {
    const expected = isClobbered ? [expect.stringMatching(/^sentinel-clobbered: thread 1 makes 0x/)] : [];
    expect(properties(other)).toEqual(expected);
  });

  it('is reported when the schedule is replayed', () => {
    const scenario = shippedScenarios.find(({ name }) => name === 'zap-all-clear');
    const program = scenarioProgram(scenario as (typeof shippedScenarios)[number], variantNamed('lockless').rules);
    const { violations } = exploreUntilStable(program, { seed: '1', budget: {}, explain: false });
    const forbidden = violations.filter((violation) => violation.class === 'forbidden');
    expect(forbidden.map(({ property }) => property).sort()).toEqual(['malformed-spte', 'sentinel-clobbered']);
    for (const { choices, property, message } of forbidden) {
      expect(explainSchedule(program, choices).breaches).toContainEqual(expect.objectContaining({ property, message }));
    }
  });
});

describe('A malformed SPTE', () => {
  it('is found although only one thread touches it', () => {
    const scenario = shippedScenarios.find(({ name }) => name === 'first-faults-of-two-vcpus');
    const alone = { ...(scenario as (typeof shippedScenarios)[number]), setup: [] };
    const [first] = alone.threads;
    const rules: Rules = { ...variantNamed('lockless').rules, nonpresentSpte: 4 };
    const program = scenarioProgram({ ...alone, threads: first === undefined ? [] : [first] }, rules);
    const { violations } = exploreUntilStable(program, { seed: '1', budget: {}, explain: false });
    expect(violations.map(({ property, message }) => `${property}: ${message}`)).toEqual([
      expect.stringMatching(/^malformed-spte: .* is 0x4: neither nonpresent nor frozen$/),
    ]);
  });
});
