import { describe, expect, it } from 'vitest';
import type { ProgramResult } from '../../src/explore/program-result.ts';
import { guestAccess } from '../../src/mmu/access.ts';
import { createVm, initMemslot, initVm } from '../../src/mmu/create-vm.ts';
import { leaveGuest } from '../../src/mmu/vcpu.ts';
import { L1, L2, type MachineSpec } from '../../src/mmu/vm.ts';
import { zapAllFast } from '../../src/mmu/zap-root.ts';
import type { Memory } from '../../src/shared/memory.ts';
import { EPT } from '../../src/shared/spte.ts';
import { ThreadMemory } from '../../src/shared/thread-memory.ts';
import { findVariant } from '../../src/variants/variants.ts';
import { allocateWords, createArena } from '../support/arena.ts';
import { exploreReplayed } from '../support/explore-replayed.ts';

const SLOT = { gfn: 0, page: 0, pages: 2 };
const HOST = 1;

/** The vCPU is in the guest by a root that another thread makes invalid while the vCPU accesses memory. */
function explored(mode: number, levels: number, machine: MachineSpec): ProgramResult {
  const rules = findVariant('lockless-7.3')?.rules;
  if (rules === undefined) throw new RangeError('no such variant');
  const arena = createArena((layout) =>
    createVm(layout, {
      geometry: { levels, entryBits: 1 },
      rules: { ...rules, prefetches: false },
      spte: EPT,
      slots: [SLOT],
      vcpus: 1,
      threads: 2,
      pages: SLOT.pages,
      tlbEntries: 0,
      tables: 8,
      machine,
    }),
  );
  const vm = arena.parts;
  const words = allocateWords(arena.layout);
  const setup = new ThreadMemory(words, { waiters: arena.waiters });
  initVm(setup, vm);
  initMemslot(setup, vm, 0, SLOT);
  guestAccess(setup, vm, 0, 0, 0, true, mode);

  const access = (m: Memory): void => {
    guestAccess(m, vm, 0, 0, 0, true, mode);
    leaveGuest(m, vm, 0);
  };
  return exploreReplayed(
    {
      initial: Int32Array.from(words),
      wordName: (word) => arena.layout.nameOf(word, (other) => words[other] as number),
      threads: [
        { name: 'vcpu', run: access },
        { name: 'host', run: (m) => zapAllFast(m, vm, HOST) },
      ],
    },
    { reduced: true, mergeFinished: true },
  );
}

describe('A vCPU that a zap of everything makes leave the guest, under every interleaving, finds a new root', () => {
  const guests: readonly (readonly [string, number, number, MachineSpec])[] = [
    ['L1 in the TDP MMU', L1, 1, {}],
    ['L1 in the shadow MMU', L1, 2, { tdpMmu: false }],
    ['L2 beside the TDP MMU', L2, 2, { nested: true }],
    ['L2 in the shadow MMU', L2, 2, { tdpMmu: false, nested: true }],
  ];

  it.each(guests)('for %s', (_, mode, levels, machine) => {
    const { complete, canAlwaysFinish, violations } = explored(mode, levels, machine);
    expect([complete, canAlwaysFinish, violations.map(({ message }) => message)]).toEqual([true, true, []]);
  });
});
