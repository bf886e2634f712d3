import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { exploreUntilStable } from '../../../src/check/check-scenario.ts';
import { scenarioProgram } from '../../../src/check/scenario-program.ts';
import { RuleUses } from '../../../src/conform/rule-uses.ts';
import type { Vm } from '../../../src/mmu/vm.ts';
import { operationNames } from '../../../src/scenario/operation-forms.ts';
import type { Variant } from '../../../src/variants/variant.ts';
import { findVariant } from '../../../src/variants/variants.ts';
import { propertySeed } from '../../support/property-settings.ts';
import {
  arbitraryScenario,
  type ScenarioCase,
  type ScenarioSize,
  scenarioSizes,
} from '../../support/scenarios/arbitrary-scenario.ts';

const SCENARIOS = 1000;
const EXPLORED = 60;
const BUDGET = { states: 300_000, milliseconds: 5000, now: () => performance.now() };
const TIMEOUT_MS = 60_000;

const lockless = findVariant('lockless') as Variant;
const seed = propertySeed(process.env);

function draw(size: ScenarioSize, count: number): ScenarioCase[] {
  return fc.sample(arbitraryScenario(size), { seed, numRuns: count });
}

describe.each(Object.entries(scenarioSizes))('Scenarios of the %s profile', (_, size) => {
  const drawn = draw(size, SCENARIOS);
  const share = (has: (drawn: ScenarioCase) => boolean): number => drawn.filter(has).length / SCENARIOS;

  it.each(operationNames)('have the operation %s', (name) => {
    const usual = ['read', 'write', 'testYoung', 'clearYoung', 'invalidate'].includes(name);
    const least = usual ? 0.1 : 0.002;
    const occurs = share(({ scenario }) =>
      [...scenario.setup.map(({ operation }) => operation), ...scenario.threads.flatMap((thread) => thread.operations)]
        .map(({ op }) => op)
        .includes(name),
    );
    expect(occurs).toBeGreaterThanOrEqual(least);
  });

  const features: readonly (readonly [string, number, (drawn: ScenarioCase) => boolean])[] = [
    ['three threads', 0.05, ({ scenario }) => scenario.threads.length === 3],
    ['a setup', 0.3, ({ scenario }) => scenario.setup.length > 0],
    ['several pages', 0.3, ({ scenario }) => scenario.memslots.some(({ pages }) => pages > 1)],
    ['two slots', 0.15, ({ scenario }) => scenario.memslots.length > 1],
    [
      'a host page that two gfns share',
      0.03,
      ({ scenario }) => scenario.memslots.filter(({ hva }) => hva === 0).length > 1,
    ],
    ['no A/D bits', 0.2, ({ scenario }) => !scenario.machine.adBits],
    ['SPTEs of the legacy layout', 0.2, ({ scenario }) => scenario.machine.layout === 'legacy'],
    ['a TLB', 0.3, ({ scenario }) => scenario.machine.tlb === 'cached'],
    ['vCPUs that stay in the guest', 0.3, ({ scenario }) => scenario.machine.vcpuMode === 'guest'],
    ['the shadow MMU', 0.03, ({ scenario }) => !scenario.machine.tdpMmu],
    ['2M pages', 0.03, ({ scenario }) => scenario.machine.hugePages],
  ];

  it.each(features)('have %s in a share of %f at least', (_name, least, has) => {
    expect(share(has)).toBeGreaterThanOrEqual(least);
  });
});

/** What happens in some interleaving of a scenario. */
interface Happens {
  readonly results: ReadonlySet<string>;
  readonly rules: ReadonlySet<string>;
  readonly sharesSpte: boolean;
}

function explore({ scenario }: ScenarioCase, { rules }: Variant): Happens {
  const uses = new RuleUses(rules);
  const program = scenarioProgram(scenario, uses.rules);
  // What the setup asked does not count.
  const before = { ...uses.operations };
  uses.beginOperation();
  const { outcomes } = exploreUntilStable(program, { budget: BUDGET, seed: '1', explain: false });
  const vm = program.machine.vms[0]?.vm as Vm;
  let sharesSpte = false;
  for (let word = vm.tables; word < vm.tables + (vm.tableCount + 1) * vm.entries; word++) {
    sharesSpte ||= program.roles.isShared(word);
  }
  return {
    results: new Set(outcomes.flatMap(({ values }) => values.flat() as string[])),
    rules: new Set(Object.keys(before).filter((name) => (uses.operations[name] ?? 0) > (before[name] ?? 0))),
    sharesSpte,
  };
}

describe('In some interleaving', () => {
  let happens: readonly Happens[] = [];
  beforeAll(() => {
    happens = draw(scenarioSizes.development, EXPLORED).map((drawn) => explore(drawn, lockless));
  }, TIMEOUT_MS);

  const answers = (pattern: RegExp) => (one: Happens) => [...one.results].some((result) => pattern.test(result));
  const asks = (rule: string) => (one: Happens) => one.rules.has(rule);
  const events: readonly (readonly [string, number, (one: Happens) => boolean])[] = [
    ['several threads touch one SPTE', 0.3, (one) => one.sharesSpte],
    ['a page is young', 0.25, answers(/young/)],
    ['a page is old', 0.25, answers(/old/)],
    ['an answer is both, by turns', 0.1, (one) => answers(/young/)(one) && answers(/old/)(one)],
    ['aging looks at rmaps, too', 0.03, asks('rmapsHaveBitLock')],
    ['a page fault takes mmu_lock', 0.25, asks('faultChecksInvalidation')],
    ['a page fault goes the fast way', 0.1, asks('fastPageFault')],
    ['an invalidation zaps and flushes', 0.08, asks('zapFlush')],
  ];

  it.each(events)('%s: in a share of %f at least', (_name, least, has) => {
    expect(happens.filter(has).length / EXPLORED).toBeGreaterThanOrEqual(least);
  });
});
