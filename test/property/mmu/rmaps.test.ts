import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RMAP_LOCKED } from '../../../src/locks/rmap-lock.ts';
import type { Rules } from '../../../src/mmu/rules.ts';
import type { MachineSpec } from '../../../src/mmu/vm.ts';
import { mergedKernels } from '../../../src/variants/variants.ts';
import { type Breakage, runShadowProgram } from '../../support/mmu/run-shadow-program.ts';
import { shadowProgram } from '../../support/mmu/shadow-program.ts';
import { replaceOperations } from '../../support/replaced-memory.ts';

const RUNS_FOR_A_MUTANT = 300;

const machines: readonly (readonly [string, MachineSpec])[] = [
  ['the shadow MMU', { tdpMmu: false, nested: true }],
  ['the shadow MMU with 2M pages', { tdpMmu: false, nested: true, hugePages: true }],
  ['shadow paging with 2M pages', { npt: false, hugePages: true }],
  ['the TDP MMU and a nested guest', { tdpMmu: true, nested: true }],
];

for (const { name, rules } of mergedKernels) {
  describe.each(machines)(`${name}: whatever is done to a VM with %s,`, (_, machine) => {
    it('every leaf is in its rmap, every table in its parent, every descriptor and table in one place', () => {
      fc.assert(fc.property(shadowProgram(machine), (program) => runShadowProgram(program, rules)));
    });
  });
}

/** A list whose last entry goes keeps it: the store that empties the head gets lost. */
const keepsLastEntry: Breakage = ({ m, vm }) =>
  replaceOperations(m, (port) => ({
    store(word, value) {
      const isHead = word >= vm.rmaps && word < vm.rmaps + vm.slotCount * vm.rmapsPerSlot;
      if (!isHead || value !== 0) port.store(word, value);
    },
  }));

/** A shadow page that goes leaves the count as it is. */
const countsOnlyUp: Breakage = ({ m, vm }) =>
  replaceOperations(m, (port) => ({
    add(word, delta) {
      if (word !== vm.indirectShadowPages || delta > 0) port.add(word, delta);
    },
  }));

/** Descriptors that are given back are forgotten. */
const losesDescriptors: Breakage = ({ m, vm }) =>
  replaceOperations(m, (port) => ({
    store(word, value) {
      if (word !== vm.freePteListDesc) port.store(word, value);
    },
  }));

/** Readers let go of an rmap without clearing the bit. */
const staysLocked: Breakage = ({ m, vm }) =>
  replaceOperations(m, (port) => ({
    store(word, value) {
      const isHead = word >= vm.rmaps && word < vm.rmaps + vm.slotCount * vm.rmapsPerSlot;
      port.store(word, isHead && value !== 0 ? value | (port.load(word) & RMAP_LOCKED) : value);
    },
  }));

interface Broken {
  readonly name: string;
  readonly machine: MachineSpec;
  readonly breaks?: Partial<Rules>;
  readonly breakage?: Breakage;
  /** What the census says. */
  readonly finding: RegExp;
  /** Only where there is a bit lock. */
  readonly lockless?: boolean;
}

const nested = { tdpMmu: true, nested: true };
const brokenOnes: readonly Broken[] = [
  {
    name: 'invalidations leave rmaps out',
    machine: nested,
    breaks: { zapsRmaps: false },
    finding: /taken back|its host page is not|still mapped/,
  },
  {
    name: 'a deleted slot stays mapped',
    machine: { tdpMmu: false },
    breaks: { slotDeletionZapsAll: false },
    finding: /mapped without a slot/,
  },
  {
    name: 'logging begins without protection',
    machine: { tdpMmu: false },
    breaks: { loggingProtects: false },
    finding: /not in the dirty log/,
  },
  { name: 'an emptied rmap keeps its last entry', machine: nested, breakage: keepsLastEntry, finding: /should have/ },
  {
    name: 'shadow pages are counted, but not discounted',
    machine: nested,
    breakage: countsOnlyUp,
    finding: /are counted as/,
  },
  {
    name: 'descriptors do not come back',
    machine: { tdpMmu: false, nested: true },
    breakage: losesDescriptors,
    finding: /descriptors/,
  },
  { name: 'rmaps stay locked', machine: nested, breakage: staysLocked, lockless: true, finding: /is locked/ },
];

describe('The census of rmaps and tables notices', () => {
  const cases = mergedKernels.flatMap(({ name, rules }) =>
    brokenOnes
      .filter(({ lockless }) => lockless !== true || rules.rmapsHaveBitLock)
      .map((broken) => [`${name}: ${broken.name}`, rules, broken] as const),
  );

  it.each(cases)('%s', (_, rules, { machine, breaks, breakage, finding }) => {
    const property = fc.property(shadowProgram(machine), (program) =>
      runShadowProgram(program, { ...rules, ...breaks }, breakage),
    );
    const { errorInstance } = fc.check(property, { numRuns: RUNS_FOR_A_MUTANT, endOnFailure: true });
    expect((errorInstance as Error | null)?.message).toMatch(finding);
  });
});
