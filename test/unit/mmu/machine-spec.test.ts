import { describe, expect, it } from 'vitest';
import { makeLeafSpte } from '../../../src/mmu/spte-state.ts';
import type { MachineSpec } from '../../../src/mmu/vm.ts';
import { ignoreGhosts } from '../../../src/shared/ghost-sink.ts';
import { EPT, LEGACY, LEGACY_ACCESS_TRACK, type SpteLayout, WRITABLE } from '../../../src/shared/spte.ts';
import { mergedKernels } from '../../../src/variants/variants.ts';
import { activeShadowPages } from '../../support/mmu/leaves.ts';
import { createSequentialVm } from '../../support/mmu/sequential-vm.ts';
import { shadowFaults } from '../../support/mmu/shadow-census.ts';
import { access, createSmallVm } from '../../support/mmu/small-vm.ts';

describe.each(mergedKernels)('$name: a machine', ({ rules }) => {
  const booleans = [true, false];
  const layouts: readonly (readonly [string, SpteLayout])[] = [
    ['EPT', EPT],
    ['legacy', LEGACY],
    ['legacy with access tracking', LEGACY_ACCESS_TRACK],
  ];

  it.each(layouts)('of %s is refused, or makes nothing writable that the host has read-only', (_, spte) => {
    for (const adBits of booleans) {
      for (const pml of booleans) {
        for (const guestMode of booleans) {
          const leaf = leafOf(spte, { nested: true, adBits, pml }, guestMode);
          if (leaf !== undefined)
            expect([adBits, pml, guestMode, leaf & WRITABLE]).toEqual([adBits, pml, guestMode, 0]);
        }
      }
    }
  });

  it.each([1, 2, 3])(
    'with %i levels of tables is refused, or has a table for each level of the shadow MMU',
    (levels) => {
      const sequential = unlessRefused(() =>
        createSequentialVm(
          {
            geometry: { levels, entryBits: 1 },
            slots: [{ gfn: 0, page: 0, pages: 2 }],
            vcpus: 1,
            pages: 2,
            tlbEntries: 0,
            machine: { tdpMmu: false },
          },
          rules,
          ignoreGhosts,
        ),
      );
      if (sequential === undefined) return;
      access(sequential, 1, true);
      expect(shadowFaults(sequential)).toEqual([]);
      expect(activeShadowPages(sequential.m, sequential.vm)).toHaveLength(levels);
    },
  );

  function leafOf(spte: SpteLayout, machine: MachineSpec, guestMode: boolean): number | undefined {
    return unlessRefused(() =>
      makeLeafSpte(createSmallVm(rules, { spte, machine }).vm, 1, guestMode, 0, 0, false, false),
    );
  }
});

function unlessRefused<T>(create: () => T): T | undefined {
  try {
    return create();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
