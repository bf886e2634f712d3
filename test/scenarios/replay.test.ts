import { describe, expect, it } from 'vitest';
import { checkAll } from '../../src/check/check-all.ts';
import type { CheckedScenario } from '../../src/check/check-result.ts';
import type { ScenarioText } from '../../src/check/check-task.ts';
import { replayScenario } from '../../src/check/replay-scenario.ts';
import { decodeScenarioToken, type ScenarioToken } from '../../src/check/scenario-token.ts';
import { shippedScenarioTexts } from '../../src/run/shipped-scenarios.ts';

const TIMEOUT_MS = 60_000;
/** Milliseconds for a counterexample, on a busy machine: the search that has found it takes longer. */
const AT_ONCE = 5_000;
const [LOCKED, LOCKLESS] = ['mmu-lock-6.1', 'lockless-7.3'] as const;

/** For each property a scenario that violates it, with a mutant where it takes one. */
const violated: readonly (readonly [scenario: string, variant: string, mutant: string | null, property: string])[] = [
  ['zap-all-clear', LOCKLESS, null, 'malformed-spte'],
  ['zap-all-clear', LOCKLESS, null, 'sentinel-clobbered'],
  ['huge-recover-clear', LOCKED, 'agingTakesMmuLock=false', 'sentinel-clobbered'],
  ['two-callers-clear', LOCKLESS, 'callersHoldPageTableLock=false', 'access-misreported'],
  ['access-clear-tlb', LOCKLESS, 'clear-untested', 'access-lost'],
  ['clear-invalidate', LOCKLESS, 'clear-by-store', 'use-after-invalidate'],
  ['recover-recycled-under-clear', LOCKLESS, 'recycle-early', 'use-after-free'],
  ['protecting-log-get-write', LOCKLESS, 'logHandOutProtects=false', 'dirty-lost'],
  ['protecting-log-get-write', LOCKED, 'logHandOutProtects=false', 'write-unprotected'],
  ['nested-drop-fault-clear', LOCKLESS, 'rmapLockRechecksEmpty=false', 'deadlock'],
  ['delete-slot-invalidate-fault', LOCKLESS, 'memslotSwapWaits=false', 'cannot-finish'],
];

function scenarioText(name: string): ScenarioText {
  return shippedScenarioTexts().find(({ place }) => place === `${name}.yaml`) as ScenarioText;
}

function check(name: string, variant: string, mutant: string | null): CheckedScenario {
  const task = {
    scenarios: [scenarioText(name)],
    variants: [variant],
    mutant,
    maxStates: null,
    milliseconds: null,
    preemptions: null,
    seed: '1',
    control: new Int32Array(1),
    gauges: new Float64Array(3),
  };
  return checkAll(task, () => 0)[0] as CheckedScenario;
}

describe('A token replays, without a search,', () => {
  it.each(violated)(
    'what %s under %s (mutant: %s) violates, %s among it',
    { timeout: TIMEOUT_MS },
    (name, variant, mutant, property) => {
      const { violations } = check(name, variant, mutant);
      expect(violations.map((violation) => violation.property)).toContain(property);
      for (const { replay, schedule, ...violation } of violations) {
        if (replay === null) continue;
        const began = performance.now();
        const replayed = replayScenario(decodeScenarioToken(replay) as ScenarioToken, scenarioText(name));
        expect(performance.now() - began).toBeLessThan(AT_ONCE);
        expect(replayed.steps).toEqual(schedule);
        const { property: id, class: kind, reason, page, message } = violation;
        expect(replayed.breaches).toContainEqual({ property: id, class: kind, reason, page, message });
      }
    },
  );
});
