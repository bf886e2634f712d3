import { guestAccess } from '../../../src/mmu/access.ts';
import { createVm, initMemslot, initVm, type VmConfig } from '../../../src/mmu/create-vm.ts';
import type { Rules } from '../../../src/mmu/rules.ts';
import { leaveGuest } from '../../../src/mmu/vcpu.ts';
import type { MachineSpec, Vm } from '../../../src/mmu/vm.ts';
import type { GhostSink } from '../../../src/shared/ghost-sink.ts';
import type { Layout } from '../../../src/shared/layout.ts';
import type { Memory, Word } from '../../../src/shared/memory.ts';
import { PrefixedLayout } from '../../../src/shared/prefixed-layout.ts';
import { EPT } from '../../../src/shared/spte.ts';
import type { ThreadMemory } from '../../../src/shared/thread-memory.ts';
import { createArena, sharedWord, singleThreadMemory } from '../arena.ts';

const PAGES = 8;
const slot = { gfn: 0, page: 0, pages: PAGES };

/** Two virtual machines with one vCPU each that have the same pages of one process, at the same gfns. */
export interface TwoVms {
  readonly m: ThreadMemory;
  readonly layout: Layout;
  readonly first: Vm;
  readonly second: Vm;
  /** A thread of the host. */
  readonly host: number;
  readonly bitmap: Word;
}

export function createTwoVms(rules: Rules, sink: GhostSink, machine: MachineSpec, second: MachineSpec = {}): TwoVms {
  const config: VmConfig = {
    ...{ geometry: { levels: 2, entryBits: 2 }, rules, spte: EPT, slots: [slot] },
    ...{ vcpus: 1, threads: 3, pages: PAGES, tlbEntries: 0, tables: 24, machine },
  };
  const arena = createArena((layout) => {
    const vm = createVm(layout, config);
    const other = { ...config, machine: { ...machine, ...second } };
    return {
      first: vm,
      second: createVm(new PrefixedLayout(layout, 'vm1.'), other, vm.mm),
      bitmap: sharedWord(layout, 'bitmap'),
    };
  });
  const m = singleThreadMemory(arena, { sink, waitBoundMs: 1 });
  const { first, second: last, bitmap } = arena.parts;
  for (const vm of [first, last]) {
    initVm(m, vm);
    initMemslot(m, vm, 0, slot);
  }
  return { m, layout: arena.layout, first, second: last, host: 2, bitmap };
}

/** The machine's vCPU accesses a page. */
export function accessIn(vm: Vm, m: Memory, page: number, write = false): void {
  guestAccess(m, vm, vm.firstVcpu, page, page, write);
  leaveGuest(m, vm, vm.firstVcpu);
}
