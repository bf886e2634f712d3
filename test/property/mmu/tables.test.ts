import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rcuReadLock, rcuReadUnlock } from '../../../src/locks/rcu.ts';
import { guestAccess } from '../../../src/mmu/access.ts';
import type { Rules } from '../../../src/mmu/rules.ts';
import { entryWord } from '../../../src/mmu/tables.ts';
import { leaveGuest } from '../../../src/mmu/vcpu.ts';
import { zapAllFast } from '../../../src/mmu/zap-root.ts';
import { GhostEvent } from '../../../src/shared/ghost-event.ts';
import { ignoreGhosts } from '../../../src/shared/ghost-sink.ts';
import { backingOf, isShadowPresent } from '../../../src/shared/spte.ts';
import { findMutant } from '../../../src/variants/mutants.ts';
import { mergedKernels } from '../../../src/variants/variants.ts';
import { vmSpec } from '../../support/mmu/aging-program.ts';
import { createSequentialVm, type SequentialVm, type VmSpec } from '../../support/mmu/sequential-vm.ts';
import { takeTableCensus } from '../../support/mmu/table-census.ts';

/** So many that vCPUs need not wait for a reader. */
const SPARE_TABLES = 1500;

const natural = fc.nat({ max: 2 ** 16 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('access' as const), vcpu: natural, at: natural }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('zapAll' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('toggleReader' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
const steps = fc.array(step, { minLength: 1, maxLength: 80, size: 'max' });

function gfnsOf(spec: VmSpec): number[] {
  return spec.slots.flatMap((slot) => Array.from({ length: slot.pages }, (_, i) => slot.gfn + i));
}

function access({ m, vm }: SequentialVm, gfns: readonly number[], vcpu: number, at: number): number {
  const gfn = gfns[at % gfns.length] as number;
  guestAccess(m, vm, vcpu % vm.vcpus, gfn, 0, false);
  leaveGuest(m, vm, vcpu % vm.vcpus);
  return gfn;
}

describe.each(mergedKernels)('Tables of $name', ({ rules }) => {
  it('are each in exactly one place, and none is left behind by faults and root zaps', () => {
    fc.assert(
      fc.property(vmSpec(false), steps, (spec, program) => {
        const sequential = createSequentialVm(spec, rules, ignoreGhosts);
        const gfns = gfnsOf(spec);
        const all = Array.from({ length: sequential.vm.tableCount }, (_, i) => i + 1);
        for (const operation of program) {
          if (operation.kind === 'access') access(sequential, gfns, operation.vcpu, operation.at);
          else if (operation.kind === 'zapAll') zapAllFast(sequential.m, sequential.vm, sequential.host);
          const { free, retired, cached, reachable, validRoots } = takeTableCensus(sequential);
          expect([...free, ...retired, ...cached, ...reachable].sort((a, b) => a - b)).toEqual(all);
          expect(sequential.m.load(sequential.vm.retiredCount)).toBe(retired.length);
          expect(validRoots.length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('all come back once every vCPU has left its invalid root', () => {
    fc.assert(
      fc.property(vmSpec(false), fc.integer({ min: 1, max: 40 }), (spec, rounds) => {
        const sequential = createSequentialVm(spec, rules, ignoreGhosts);
        const gfns = gfnsOf(spec);
        const { m, vm, host } = sequential;
        for (let round = 0; round < rounds; round++) {
          for (let vcpu = 0; vcpu < vm.vcpus; vcpu++) access(sequential, gfns, vcpu, round);
          zapAllFast(m, vm, host);
        }
        // One more access each: the vCPU drops its invalid root for the new one.
        for (let vcpu = 0; vcpu < vm.vcpus; vcpu++) access(sequential, gfns, vcpu, 0);
        const { reachable, validRoots } = takeTableCensus(sequential);
        expect([reachable.length, validRoots.length]).toEqual([vm.levels, 1]);
      }),
    );
  });

  it('are not handed out again while a section is open that could have reached them', () => {
    fc.assert(fc.property(vmSpec(false), steps, (spec, program) => recyclesOnlyUnreachable(spec, program, rules)));
  });

  it('would be handed out too early by the mutant that ignores grace periods', () => {
    const broken = { ...rules, ...findMutant('recycle-early')?.breaks };
    const property = fc.property(vmSpec(false), steps, (spec, program) =>
      recyclesOnlyUnreachable(spec, program, broken),
    );
    expect(fc.check(property, { numRuns: 1000, endOnFailure: true }).counterexample).not.toBeNull();
  });

  it('name the guest frame of each of their entries', () => {
    fc.assert(
      fc.property(vmSpec(false), fc.array(natural, { minLength: 1, maxLength: 20 }), (spec, accesses) => {
        const sequential = createSequentialVm(spec, rules, ignoreGhosts);
        const { m, vm, layout } = sequential;
        const gfns = gfnsOf(spec);
        const read = (word: number): number => m.load(word);
        for (const at of accesses) {
          const gfn = access(sequential, gfns, 0, at);
          let table = m.load(vm.firstRoot);
          for (let level = vm.levels; level > 0; level--) {
            const word = entryWord(vm, table, level, gfn);
            const span = 2 ** (vm.entryBits * (level - 1));
            const first = Math.floor(gfn / span) * span;
            const name = level === 1 ? `spte[gfn ${gfn}]` : `spte[level ${level}, gfn ${first}]`;
            expect(layout.nameOf(word, read)).toBe(name);
            expect(isShadowPresent(m.load(word))).toBe(true);
            table = backingOf(m.load(word));
          }
        }
      }),
    );
  });

  it('and all other words belong to at most one region each', () => {
    fc.assert(
      fc.property(vmSpec(true), (spec) => {
        const { layout } = createSequentialVm(spec, rules, ignoreGhosts);
        const owners = new Uint8Array(layout.wordCount);
        for (const { offset, count, name } of layout.regions) {
          for (let word = offset; word < offset + count; word++) {
            owners[word] = (owners[word] as number) + 1;
            if (layout.regionOf(word)?.name !== name) throw new Error(`word ${word} is in ${name} and another region`);
          }
        }
        expect(owners[0], 'word 0 means none').toBe(0);
        expect(owners.some((count) => count > 1)).toBe(false);
      }),
    );
  });
});

/** Runs the program with a reader that comes and goes; what was reachable when it came must stay out of the pool. */
function recyclesOnlyUnreachable(spec: VmSpec, program: readonly Step[], rules: Rules): void {
  const seen = new Set<number>();
  const recycled: number[] = [];
  const sink = {
    note: (event: number, _page: number, value: number): void => {
      if (event === GhostEvent.tableRecycled) recycled.push(value);
    },
  };
  // The reader is a thread of its own.
  const sequential = createSequentialVm({ ...spec, tables: SPARE_TABLES }, rules, sink, 1);
  const { m, vm, host } = sequential;
  const reader = host + 1;
  const gfns = gfnsOf(spec);
  let open = false;
  for (const operation of program) {
    if (operation.kind === 'access') access(sequential, gfns, operation.vcpu, operation.at);
    else if (operation.kind === 'zapAll') zapAllFast(m, vm, host);
    else if (open) {
      rcuReadUnlock(m, vm.rcu, reader);
      seen.clear();
      open = false;
    } else {
      rcuReadLock(m, vm.rcu, reader);
      for (const table of takeTableCensus(sequential).reachable) seen.add(table);
      open = true;
    }
    expect(recycled.splice(0).filter((table) => seen.has(table))).toEqual([]);
    expect(takeTableCensus(sequential).free.filter((table) => seen.has(table))).toEqual([]);
  }
}
