import { describe, expect, it } from 'vitest';
import type { ProgramResult } from '../../src/explore/program-result.ts';
import { guestAccess } from '../../src/mmu/access.ts';
import { createVm, initMemslot, initVm } from '../../src/mmu/create-vm.ts';
import {
  mmuNotifierInvalidateRangeEnd,
  mmuNotifierInvalidateRangeStart,
} from '../../src/mmu/invalidate-subscribers.ts';
import { rmapHead } from '../../src/mmu/rmap.ts';
import type { Rules } from '../../src/mmu/rules.ts';
import { entryWord } from '../../src/mmu/tables.ts';
import { leaveGuest, vcpuRootWord } from '../../src/mmu/vcpu.ts';
import { L1, L2, type Vm } from '../../src/mmu/vm.ts';
import { zapAllFast } from '../../src/mmu/zap-root.ts';
import { PAGE_BYTES } from '../../src/notifier/byte-range.ts';
import { mmuNotifierClearYoung } from '../../src/notifier/subscribers.ts';
import type { Memory } from '../../src/shared/memory.ts';
import { backingOf, EPT, isShadowPresent } from '../../src/shared/spte.ts';
import { ThreadMemory } from '../../src/shared/thread-memory.ts';
import { findVariant } from '../../src/variants/variants.ts';
import { allocateWords, createArena } from '../support/arena.ts';
import { exploreReplayed } from '../support/explore-replayed.ts';

/**
 * The protocol's own functions over the smallest VM: a lockless aging call for page 0, while another thread takes page 0
 * out of the shadow MMU and then, perhaps, maps another page by what that has set free.
 */

const AGED = 0;
/** In another table, and there in the same place. */
const OTHER = 2;
const AGER = 1;
const HOST = 2;

interface Scene {
  /** The guests that have accessed page 0: with both, its rmap has a descriptor. */
  readonly modes: readonly number[];
  readonly host: (m: Memory, vm: Vm) => void;
  /** The guests that access the other page after that. */
  readonly thenModes?: readonly number[];
  readonly tables?: number;
  readonly breaks?: Partial<Rules>;
}

function invalidate(m: Memory, vm: Vm): void {
  mmuNotifierInvalidateRangeStart(m, vm, HOST, AGED, AGED + 1);
  mmuNotifierInvalidateRangeEnd(m, vm, HOST, AGED, AGED + 1);
}

const zapAll = (m: Memory, vm: Vm): void => zapAllFast(m, vm, HOST);

/** vCPU 0, which nobody else plays. */
function access(m: Memory, vm: Vm, page: number, mode: number): void {
  guestAccess(m, vm, 0, page, page, true, mode);
  leaveGuest(m, vm, 0);
}

function explored({ modes, host, thenModes = [], tables = 8, breaks = {} }: Scene): ProgramResult {
  const rules = findVariant('lockless-7.3')?.rules;
  if (rules === undefined) throw new RangeError('no such variant');
  const slot = { gfn: 0, page: 0, pages: 4 };
  const arena = createArena((layout) =>
    createVm(layout, {
      geometry: { levels: 2, entryBits: 1 },
      // Only what is accessed is mapped.
      rules: { ...rules, prefetches: false, ...breaks },
      spte: EPT,
      slots: [slot],
      vcpus: 1,
      threads: 3,
      pages: slot.pages,
      tlbEntries: 0,
      tables,
      machine: { tdpMmu: false, nested: modes.includes(L2) },
    }),
  );
  const vm = arena.parts;
  const words = allocateWords(arena.layout);
  const setup = new ThreadMemory(words, { waiters: arena.waiters });
  initVm(setup, vm);
  initMemslot(setup, vm, 0, slot);
  for (const mode of modes) access(setup, vm, AGED, mode);

  const memoryOf = (final: Int32Array): ThreadMemory => new ThreadMemory(Int32Array.from(final), { waiters: 1 });
  return exploreReplayed(
    {
      initial: Int32Array.from(words),
      wordName: (word) => arena.layout.nameOf(word, (other) => words[other] as number),
      threads: [
        {
          name: 'aging',
          run: (m) => mmuNotifierClearYoung(m, vm, AGER, AGED * PAGE_BYTES, (AGED + 1) * PAGE_BYTES, 0).answer,
        },
        {
          name: 'host',
          run: (m) => {
            host(m, vm);
            for (const mode of thenModes) access(m, vm, OTHER, mode);
          },
        },
      ],
      final: [
        {
          name: 'zapped',
          holds: (final) => modes.every((mode) => !isShadowPresent(leaf(memoryOf(final), vm, AGED, mode))),
        },
        { name: 'rmap empty', holds: (final) => final[rmapHead(memoryOf(final), vm, 0, 1, AGED)] === 0 },
        {
          name: 'nothing left held',
          holds: (final) => [vm.mmuLock.cnts, vm.invalidateInProgress].every((word) => final[word] === 0),
        },
        // Its access is over, and nobody has aged this page.
        {
          name: 'access-lost',
          holds: (final) => thenModes.every((mode) => (leaf(memoryOf(final), vm, OTHER, mode) & EPT.accessed) !== 0),
        },
      ],
    },
    { wakes: true },
  );
}

/** The SPTE for a frame, 0 if there is not even a table for it. */
function leaf(m: ThreadMemory, vm: Vm, gfn: number, mode: number): number {
  const root = m.loadOwn(vcpuRootWord(vm, 0, mode));
  const table = m.load(entryWord(vm, root, 2, gfn));
  return isShadowPresent(table) ? m.load(entryWord(vm, backingOf(table), 1, gfn)) : 0;
}

const proven = { verdict: 'holds', complete: true, canAlwaysFinish: true, deadlocks: [], violations: [] };
const properties = ({ violations }: ProgramResult): string[] => violations.map(({ property }) => property).sort();

/** Nothing keeps aging off a list that is being changed. */
const unlocked = { rmapsHaveBitLock: false, agingTakesMmuLock: false } as const;

describe('A lockless aging call in the shadow MMU, under every interleaving', () => {
  const scenes: readonly (readonly [string, Scene])[] = [
    ['with an invalidation of its page', { modes: [L1], host: invalidate }],
    ['with an invalidation that frees a descriptor', { modes: [L2, L1], host: invalidate }],
    ['with one whose descriptor another page takes', { modes: [L2, L1], host: invalidate, thenModes: [L2, L1] }],
    ['with a zap of everything', { modes: [L1], host: zapAll }],
    ['with one whose tables are handed out again', { modes: [L1], host: zapAll, thenModes: [L1], tables: 2 }],
  ];

  it.each(scenes)('%s: ages nothing else, and holds up nobody', (_, scene) => {
    const result = explored(scene);
    expect(result).toMatchObject(proven);
    expect(new Set(result.outcomes.map(({ values }) => values[0]))).toEqual(new Set(['young', 'old']));
  });

  it.each(scenes.slice(0, 2))('%s: would do without the bit lock, as long as nothing is used again', (_, scene) => {
    expect(explored({ ...scene, breaks: unlocked })).toMatchObject(proven);
  });

  it('ages another page without the bit lock, through a descriptor that was freed and taken again', () => {
    const scene = { modes: [L2, L1], host: invalidate, thenModes: [L2, L1], breaks: unlocked };
    expect(properties(explored(scene))).toEqual(['access-lost']);
  });

  it('ages another page without the bit lock, through a table that was freed and handed out again', () => {
    const scene = { modes: [L1], host: zapAll, thenModes: [L1], tables: 2, breaks: unlocked };
    expect(properties(explored(scene))).toEqual(['access-lost']);
  });
});
