import { describe, expect, it } from 'vitest';
import { exploreProgram } from '../../src/explore/explore-program.ts';
import { guestAccess } from '../../src/mmu/access.ts';
import { createVm, initMemslot, initVm } from '../../src/mmu/create-vm.ts';
import { handlePageFault } from '../../src/mmu/fault.ts';
import { hardwareWalk, PAGE_FAULT } from '../../src/mmu/hardware-walk.ts';
import { leaveGuest, vcpuRootWord } from '../../src/mmu/vcpu.ts';
import { L1, type Vm } from '../../src/mmu/vm.ts';
import { LayoutBuilder } from '../../src/shared/layout.ts';
import type { Memory } from '../../src/shared/memory.ts';
import { EPT } from '../../src/shared/spte.ts';
import { ThreadMemory, WAITER_WORDS } from '../../src/shared/thread-memory.ts';
import { findMutant } from '../../src/variants/mutants.ts';
import { findVariant } from '../../src/variants/variants.ts';

/**
 * The mutant that stress finds only with luck: vCPU 1 has run into a fault on a page that vCPU 0 accesses meanwhile.
 * Nobody clears anything, so once vCPU 0's access has returned, the page must be young.
 */

const MAPPED = { gfn: 0, page: 0 };
const CONTENDED = { gfn: 1, page: 1 };

function verdict(variantName: string, broken: boolean) {
  const variant = findVariant(variantName);
  const mutant = broken ? findMutant('fault-without-accessed') : undefined;
  if (variant === undefined) throw new RangeError(variantName);
  const layout = new LayoutBuilder();
  const waiters = layout.region({ name: 'waiters', count: WAITER_WORDS, wordClass: 'shared', meaning: 'unused here' });
  const slot = { gfn: 0, page: 0, pages: 2 };
  const vm = createVm(layout, {
    geometry: { levels: 2, entryBits: 1 },
    rules: { ...variant.rules, ...mutant?.breaks },
    spte: EPT,
    slots: [slot],
    vcpus: 2,
    threads: 2,
    pages: slot.pages,
    tlbEntries: 0,
    tables: 6,
  });
  const { wordCount } = layout.build();
  const words = new Int32Array(new SharedArrayBuffer(wordCount * Int32Array.BYTES_PER_ELEMENT));
  const setup = new ThreadMemory(words, { waiters });
  initVm(setup, vm);
  initMemslot(setup, vm, 0, slot);
  // Both vCPUs have a root, and the tables are there.
  for (const vcpu of [0, 1]) guestAccess(setup, vm, vcpu, MAPPED.gfn, MAPPED.page, false);
  leaveGuest(setup, vm, 1);

  return exploreProgram({
    initial: Int32Array.from(words),
    threads: [
      { name: 'vcpu0', run: (m) => accessAndLeave(m, vm) },
      { name: 'vcpu1', run: (m) => fault(m, vm) },
    ],
    final: [{ name: 'access-lost', holds: (final) => isYoung(final, vm) || 'the page that vcpu0 accessed looks old' }],
  });
}

function accessAndLeave(m: Memory, vm: Vm): void {
  guestAccess(m, vm, 0, CONTENDED.gfn, CONTENDED.page, false);
  leaveGuest(m, vm, 0);
}

function fault(m: Memory, vm: Vm): void {
  handlePageFault(m, vm, 1, L1, m.loadOwn(vcpuRootWord(vm, 1, L1)), CONTENDED.gfn, CONTENDED.page, false);
}

/** Whether a walk finds Accessed set, rather than setting it. */
function isYoung(final: Int32Array, vm: Vm): boolean {
  const words = Int32Array.from(final);
  const m = new ThreadMemory(words, { waiters: 1 });
  const spte = hardwareWalk(m, vm, m.loadOwn(vm.vcpuRoots), CONTENDED.gfn, false);
  return spte !== PAGE_FAULT && words.every((word, index) => word === final[index]);
}

describe('A fault that maps its page with Accessed clear, under every interleaving with an access,', () => {
  it('takes the access away on Linux 6.1, whose faults install a present leaf anew', () => {
    const { verdict: what, complete, violations } = verdict('mmu-lock-6.1', true);
    expect([what, complete]).toEqual(['violated', true]);
    expect(violations.map(({ property }) => property)).toEqual(['access-lost']);
  });

  it('takes nothing away on Linux 7.3, whose faults leave a present leaf alone', () => {
    expect(verdict('lockless-7.3', true)).toMatchObject({ verdict: 'holds', complete: true });
  });

  it.each(['mmu-lock-6.1', 'lockless-7.3'])('takes nothing away on %s if the rule is kept', (variant) => {
    expect(verdict(variant, false)).toMatchObject({ verdict: 'holds', complete: true });
  });
});
