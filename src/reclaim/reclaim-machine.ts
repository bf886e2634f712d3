import { LRU_BATCH_WORDS } from '../lru/age-in-batches.ts';
import { createVm, initMemslot, initVm } from '../mmu/create-vm.ts';
import { X86_64 } from '../mmu/geometry.ts';
import type { Rules } from '../mmu/rules.ts';
import { leaveGuest } from '../mmu/vcpu.ts';
import type { Vm } from '../mmu/vm.ts';
import { bitmapWords } from '../shared/bitmap.ts';
import type { GhostSink } from '../shared/ghost-sink.ts';
import { LayoutBuilder } from '../shared/layout.ts';
import type { Word } from '../shared/memory.ts';
import { SequentialMemory } from '../shared/sequential-memory.ts';
import { EPT } from '../shared/spte.ts';
import { WAITER_WORDS } from '../shared/thread-memory.ts';

/** The guest runs on one vCPU. */
export const VCPU = 0;
/** Whoever in the host ages and evicts. */
export const HOST = 1;

/** A machine on which one thing happens after another. */
export interface ReclaimMachine {
  readonly m: SequentialMemory;
  readonly vm: Vm;
  /** Where MGLRU's calls mark the pages that they found young: a bitmap over all pages. */
  readonly young: Word;
  /** MGLRU's own bitmap, in version 3. */
  readonly batch: Word;
}

/**
 * Guest memory in one slot, mapped by the TDP MMU with A/D bits; if `nested`, for an L2 guest by shadow pages. There is no
 * TLB, so that no access hides. In the beginning none of the memory is there.
 */
export function createReclaimMachine(rules: Rules, pages: number, nested: boolean, sink: GhostSink): ReclaimMachine {
  const slot = { gfn: 0, page: 0, pages };
  const builder = new LayoutBuilder();
  const waiters = builder.region({ name: 'waiters', count: WAITER_WORDS, wordClass: 'shared', meaning: 'who waits' });
  const young = builder.region({
    name: 'young',
    count: bitmapWords(pages),
    wordClass: 'private',
    owner: 'the host',
    meaning: "pages that MGLRU's call found young, bit 0 the last one",
  });
  const batch = builder.region({
    name: 'lruBatch',
    count: LRU_BATCH_WORDS,
    wordClass: 'private',
    owner: 'the host',
    meaning: "MGLRU's own bitmap, in version 3",
  });
  const vm = createVm(builder, {
    geometry: X86_64,
    rules,
    spte: EPT,
    slots: [slot],
    vcpus: 1,
    threads: 2,
    pages,
    tlbEntries: 0,
    machine: { nested },
  });
  const layout = builder.build();
  const words = new Int32Array(new SharedArrayBuffer(layout.wordCount * Int32Array.BYTES_PER_ELEMENT));
  const m = new SequentialMemory(words, { waiters, sink, waitBoundMs: 1, layout });
  // All that is ever waited for is the vCPU, which is wanted out of the guest.
  m.onWait = () => leaveGuest(m, vm, VCPU);
  initVm(m, vm);
  initMemslot(m, vm, 0, slot);
  m.fill(vm.hostPtes, pages, 0);
  return { m, vm, young, batch };
}
