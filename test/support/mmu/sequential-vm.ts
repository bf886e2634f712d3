import { createVm, initMemslot, initVm, type MemslotSpec } from '../../../src/mmu/create-vm.ts';
import type { Geometry } from '../../../src/mmu/geometry.ts';
import type { Rules } from '../../../src/mmu/rules.ts';
import type { MachineSpec, Vm } from '../../../src/mmu/vm.ts';
import type { GhostSink } from '../../../src/shared/ghost-sink.ts';
import type { Layout } from '../../../src/shared/layout.ts';
import type { Word } from '../../../src/shared/memory.ts';
import { EPT, type SpteLayout } from '../../../src/shared/spte.ts';
import type { ThreadMemory } from '../../../src/shared/thread-memory.ts';
import { createArena, sharedWord, singleThreadMemory } from '../arena.ts';

export interface VmSpec {
  readonly geometry: Geometry;
  readonly slots: readonly MemslotSpec[];
  readonly vcpus: number;
  readonly pages: number;
  readonly tlbEntries: number;
  readonly spte?: SpteLayout;
  readonly tables?: number;
  readonly machine?: MachineSpec;
}

/** Pages that the bitmap of a `SequentialVm` has room for. */
export const BITMAP_PAGES = 96;

/** A VM whose threads are all played by the caller: vCPUs first, then the host, then any others. */
export interface SequentialVm {
  readonly m: ThreadMemory;
  readonly vm: Vm;
  readonly layout: Layout;
  readonly host: number;
  readonly bitmap: Word;
}

export function createSequentialVm(spec: VmSpec, rules: Rules, sink: GhostSink, others = 0): SequentialVm {
  const arena = createArena((layout) => ({
    vm: createVm(layout, { spte: EPT, ...spec, rules, threads: spec.vcpus + 1 + others }),
    bitmap: sharedWord(layout, 'bitmap', BITMAP_PAGES / 32),
  }));
  const { vm, bitmap } = arena.parts;
  // Nothing waits for another thread here: a wait that comes nevertheless must fail at once.
  const m = singleThreadMemory(arena, { sink, waitBoundMs: 1 });
  initVm(m, vm);
  spec.slots.forEach((slot, index) => {
    initMemslot(m, vm, index, slot);
  });
  return { m, vm, layout: arena.layout, host: spec.vcpus, bitmap };
}
