import { guestAccess } from '../../../src/mmu/access.ts';
import type { MemslotSpec } from '../../../src/mmu/create-vm.ts';
import { nextRoot } from '../../../src/mmu/roots.ts';
import type { Rules } from '../../../src/mmu/rules.ts';
import { entryWord, infoWord } from '../../../src/mmu/tables.ts';
import { leaveGuest } from '../../../src/mmu/vcpu.ts';
import {
  INFO_INVALID,
  INFO_LEVEL,
  INFO_NEXT,
  INFO_ROLE,
  L1,
  L2,
  type MachineSpec,
  ROLE_GUEST_MODE,
  type Vm,
} from '../../../src/mmu/vm.ts';
import type { AgingAnswer } from '../../../src/notifier/aging-answer.ts';
import { PAGE_BYTES } from '../../../src/notifier/byte-range.ts';
import { mmuNotifierClearYoung, mmuNotifierTestYoung } from '../../../src/notifier/subscribers.ts';
import { ignoreGhosts } from '../../../src/shared/ghost-sink.ts';
import type { Memory, Word } from '../../../src/shared/memory.ts';
import { backingOf, isLeaf, isShadowPresent, type SpteLayout } from '../../../src/shared/spte.ts';
import { createSequentialVm, type SequentialVm } from './sequential-vm.ts';

/** Pages of a 2M page in the small VM. */
export const HUGE_PAGES = 4;

export interface SmallVmSpec {
  readonly machine?: MachineSpec;
  readonly spte?: SpteLayout;
  /** By default frames 0 to 7, backed by pages 0 to 7. */
  readonly slots?: readonly MemslotSpec[];
  readonly pages?: number;
}

/** One vCPU, two levels of tables with four entries each. */
export function createSmallVm(rules: Rules, spec: SmallVmSpec = {}): SequentialVm {
  return createSequentialVm(
    {
      geometry: { levels: 2, entryBits: 2 },
      slots: [{ gfn: 0, page: 0, pages: 8 }],
      vcpus: 1,
      pages: 8,
      tlbEntries: 0,
      tables: 24,
      ...spec,
    },
    rules,
    ignoreGhosts,
  );
}

/** The same with host memory absent at first, and backed by 2M pages. */
export function createHugeVm(rules: Rules, spec: SmallVmSpec = {}): SequentialVm {
  const sequential = createSmallVm(rules, { ...spec, machine: { hugePages: true, ...spec.machine } });
  sequential.m.fill(sequential.vm.hostPtes, sequential.vm.pages, 0);
  return sequential;
}

/** One access of vCPU 0, which is outside the guest afterwards: nobody waits for it. */
export function access(
  { m, vm }: { readonly m: Memory; readonly vm: Vm },
  gfn: number,
  write: boolean,
  mode: number = L1,
): void {
  guestAccess(m, vm, 0, gfn, gfn, write, mode);
  leaveGuest(m, vm, 0);
}

/** The root by which L1 or L2 reaches memory; 0 if there is none. */
export function validRoot({ m, vm }: SequentialVm, mode: number = L1): number {
  const shadow = mode === L2 || !vm.machine.tdpMmu;
  const guestMode = mode === L2 ? ROLE_GUEST_MODE : 0;
  let root = m.load(shadow ? vm.activeMmuPages : vm.firstRoot);
  const fits = (table: number): boolean =>
    m.load(infoWord(vm, table, INFO_INVALID)) === 0 &&
    m.load(infoWord(vm, table, INFO_LEVEL)) === vm.levels &&
    (m.load(infoWord(vm, table, INFO_ROLE)) & ROLE_GUEST_MODE) === guestMode;
  while (root !== 0 && !fits(root)) root = shadow ? m.load(infoWord(vm, root, INFO_NEXT)) : nextRoot(m, vm, root);
  return root;
}

/** The entry at which a walk for `gfn` ends, be it a leaf or absent. */
export function leafWord(sequential: SequentialVm, gfn: number, mode: number = L1): Word {
  const { m, vm } = sequential;
  let table = validRoot(sequential, mode);
  for (let level = vm.levels; ; level--) {
    const word = entryWord(vm, table, level, gfn);
    const spte = m.load(word);
    if (!isShadowPresent(spte) || isLeaf(spte, level)) return word;
    table = backingOf(spte);
  }
}

/** The SPTE there. */
export function leafSpte(sequential: SequentialVm, gfn: number, mode: number = L1): number {
  return sequential.m.load(leafWord(sequential, gfn, mode));
}

export function testYoung({ m, vm, host }: SequentialVm, page: number, through: Memory = m): AgingAnswer {
  return mmuNotifierTestYoung(through, vm, host, page * PAGE_BYTES, (page + 1) * PAGE_BYTES, 0);
}

export function clearYoung({ m, vm, host }: SequentialVm, page: number, through: Memory = m): AgingAnswer {
  return mmuNotifierClearYoung(through, vm, host, page * PAGE_BYTES, (page + 1) * PAGE_BYTES, 0);
}
