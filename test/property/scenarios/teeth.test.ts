import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScenarioOperationName } from '../../../src/scenario/scenario.ts';
import { findMutant, type Mutant } from '../../../src/variants/mutants.ts';
import type { Variant } from '../../../src/variants/variant.ts';
import { findVariant } from '../../../src/variants/variants.ts';
import { propertySeed } from '../../support/property-settings.ts';
import {
  arbitraryScenario,
  checkCase,
  type ScenarioCase,
  type ScenarioSize,
} from '../../support/scenarios/arbitrary-scenario.ts';

/** Of the setup and the threads together. */
const MOST_OPERATIONS = 5;
/** Within so many scenarios a violation is found. */
const SCENARIOS = 200;
const TIMEOUT_MS = 60_000;

/** Small searches: a mutant is caught by many short ones. */
const short: ScenarioSize = { operations: 3, perThread: 2, pages: 2, setup: 2, states: 6000 };
const single: ScenarioSize = { operations: 3, perThread: 1, pages: 1, setup: 1, states: 320_000 };

interface Case {
  readonly mutant: string;
  readonly variant: string;
  readonly size: ScenarioSize;
  /** What the threads do, each at least once. */
  readonly needs: readonly ScenarioOperationName[];
  /** What the setup does, each at least once. */
  readonly prepares?: readonly ScenarioOperationName[];
  /** What else may occur. */
  readonly allows?: readonly ScenarioOperationName[];
  readonly threads?: number;
  /** What is drawn is as small as it gets, and each search takes long. */
  readonly endOnFailure?: boolean;
}

const mmuLock = { variant: 'mmu-lock' };
const lockless = { variant: 'lockless' };
// The page is mapped, and old: the access that is lost sets Accessed without a fault.
const clearing = {
  size: { ...short, pages: 1 },
  prepares: ['clearYoung'],
  needs: ['clearYoung', 'testYoung', 'read'],
} as const;
const invalidating = { size: { ...single, operations: 2, states: 60_000 }, needs: ['invalidate', 'read'] } as const;
const spanning = { size: short, needs: ['clearYoung'], allows: ['write', 'testYoung'] } as const;
// Somebody must look at what was not selected, and it must have been accessed before.
const selecting = { size: short, prepares: ['read'], needs: ['clearYoung', 'testYoung'] } as const;
const unaligned = { size: short, needs: ['damonMkold'], allows: ['write', 'testYoung'] } as const;

const cases: readonly Case[] = [
  { mutant: 'clear-untested', ...lockless, ...clearing },
  { mutant: 'clear-unselected', ...lockless, ...selecting },
  // One thread must clear while another one zaps, and a third must access the page behind it.
  {
    mutant: 'clear-by-store',
    ...lockless,
    size: single,
    needs: ['clearYoung', 'invalidate', 'read'],
    threads: 3,
    endOnFailure: true,
  },
  { mutant: 'no-flush', ...mmuLock, ...invalidating },
  { mutant: 'no-flush', ...lockless, ...invalidating },
  { mutant: 'fault-ignores-invalidation', ...mmuLock, ...invalidating },
  { mutant: 'fault-ignores-invalidation', ...lockless, ...invalidating },
  { mutant: 'fault-checks-before-lock', ...mmuLock, ...invalidating },
  { mutant: 'fault-checks-before-lock', ...lockless, ...invalidating },
  { mutant: 'round-inward', ...mmuLock, ...unaligned },
  { mutant: 'round-inward', ...lockless, ...unaligned },
  { mutant: 'first-slot-only', ...mmuLock, ...spanning },
  { mutant: 'first-slot-only', ...lockless, ...spanning },
];

/** The mutant violates its property, and the variant alone does not. */
function isCaught(drawn: ScenarioCase, variant: Variant, mutant: Mutant): boolean {
  const violates = (broken?: Mutant): boolean =>
    checkCase(drawn, variant, broken).violations.some(
      (violation) => violation.class === 'forbidden' && violation.property === mutant.violates,
    );
  return violates(mutant) && !violates();
}

describe('Generated scenarios catch', () => {
  it.each(cases)(
    '$mutant on $variant',
    ({
      mutant: name,
      variant: variantName,
      size,
      needs,
      prepares = [],
      allows = [],
      threads: mostThreads = 2,
      endOnFailure = false,
    }) => {
      const mutant = findMutant(name) as Mutant;
      const variant = findVariant(variantName) as Variant;
      const suitable = arbitraryScenario(size, ['read', ...needs, ...allows]).filter(({ scenario }) => {
        const done = scenario.threads.flatMap(({ operations }) => operations).map(({ op }) => op);
        const prepared = scenario.setup.map(({ operation }) => operation.op);
        return needs.every((op) => done.includes(op)) && prepares.every((op) => prepared.includes(op));
      });
      const property = fc.property(suitable, (drawn) => !isCaught(drawn, variant, mutant));
      const { counterexample, numRuns } = fc.check(property, {
        seed: propertySeed(process.env),
        numRuns: SCENARIOS,
        endOnFailure,
      });
      const [smallest] = counterexample ?? [];
      if (smallest === undefined) return expect.fail(`not within ${numRuns} scenarios`);
      const { setup, threads } = smallest.scenario;
      expect(threads.length).toBeLessThanOrEqual(mostThreads);
      const operations = setup.length + threads.flatMap((thread) => thread.operations).length;
      expect(operations, smallest.text).toBeLessThanOrEqual(MOST_OPERATIONS);
    },
    TIMEOUT_MS,
  );
});
