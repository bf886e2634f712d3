import { describe, expect, it } from 'vitest';
import { guestAccess } from '../../../src/mmu/access.ts';
import { dirtyBitmapWord } from '../../../src/mmu/dirty-bitmap.ts';
import { getDirtyLog } from '../../../src/mmu/dirty-log.ts';
import { disableDirtyLogging, enableDirtyLogging } from '../../../src/mmu/memslot-update.ts';
import type { Rules } from '../../../src/mmu/rules.ts';
import { leaveGuest } from '../../../src/mmu/vcpu.ts';
import { IN_GUEST, KICK, vcpuStateWord } from '../../../src/mmu/vcpu-state.ts';
import { L1, L2, type MachineSpec, PML_ENTRIES } from '../../../src/mmu/vm.ts';
import { GhostEvent } from '../../../src/shared/ghost-event.ts';
import { isLargeLeaf, spteText } from '../../../src/shared/spte.ts';
import { mergedKernels } from '../../../src/variants/variants.ts';
import { createSequentialVm } from '../../support/mmu/sequential-vm.ts';
import { leafSpte, leafWord } from '../../support/mmu/small-vm.ts';

const PAGES = 24;
const SLOT = 0;
const GFN = 3;

/** A VM whose vCPU has written to every page, and left the guest. */
class LoggedVm {
  readonly #sequential;
  #faults = 0;

  constructor(rules: Rules, machine: MachineSpec = {}, mode: number = L1) {
    const sink = {
      note: (event: number): void => {
        if (event === GhostEvent.faultBegin) this.#faults++;
      },
    };
    this.#sequential = createSequentialVm(
      {
        geometry: { levels: 2, entryBits: 3 },
        slots: [{ gfn: 0, page: 0, pages: PAGES }],
        vcpus: 1,
        pages: PAGES,
        tlbEntries: 0,
        machine: { pml: true, memslotsChange: true, ...machine },
      },
      rules,
      sink,
    );
    // 2M pages are what the host makes of memory that was absent.
    if (machine.hugePages) this.m.fill(this.vm.hostPtes, PAGES, 0);
    for (let gfn = 0; gfn < PAGES; gfn++) this.write(gfn, mode);
    this.leave();
  }

  get m() {
    return this.#sequential.m;
  }

  get vm() {
    return this.#sequential.vm;
  }

  startLogging(): void {
    enableDirtyLogging(this.m, this.vm, this.#sequential.host, SLOT);
  }

  stopLogging(): void {
    disableDirtyLogging(this.m, this.vm, this.#sequential.host, SLOT);
  }

  /** The vCPU stays in the guest. */
  write(gfn: number, mode: number = L1): void {
    guestAccess(this.m, this.vm, 0, gfn, gfn, true, mode);
  }

  read(gfn: number): void {
    guestAccess(this.m, this.vm, 0, gfn, gfn, false);
  }

  leave(): void {
    leaveGuest(this.m, this.vm, 0);
  }

  /** Whether the vCPU is in the guest, and has been asked to leave it. */
  get state(): { inGuest: boolean; kicked: boolean } {
    const state = this.m.load(vcpuStateWord(this.vm, 0));
    return { inGuest: (state & IN_GUEST) !== 0, kicked: (state & KICK) !== 0 };
  }

  faultsOf(run: () => void): number {
    const before = this.#faults;
    run();
    return this.#faults - before;
  }

  /** What is logged, and not yet handed out. */
  get logged(): number[] {
    return pagesOf(this.m.load(dirtyBitmapWord(this.vm, SLOT, 0)));
  }

  handOut(): number[] {
    const { m, vm, host, bitmap } = this.#sequential;
    getDirtyLog(m, vm, host, SLOT, bitmap);
    return pagesOf(m.load(bitmap));
  }

  /** `PWADM` as in kernel traces. */
  spteText(gfn: number, mode: number = L1): string {
    const spte = leafSpte(this.#sequential, gfn, mode);
    return spteText(this.vm.spte, spte, isLargeLeaf(spte) ? 2 : 1);
  }

  leafWord(gfn: number, mode: number): number {
    return leafWord(this.#sequential, gfn, mode);
  }
}

function pagesOf(bits: number): number[] {
  return Array.from({ length: PAGES }, (_, page) => page).filter((page) => (bits & (1 << page)) !== 0);
}

const range = (end: number): number[] => Array.from({ length: end }, (_, i) => i);

describe.each(mergedKernels)('$name with page-modification logging', ({ rules }) => {
  it('begins to log by taking Dirty away, and leaves W', () => {
    const vm = new LoggedVm(rules);
    expect(vm.spteText(GFN)).toBe('1:PWADM');
    vm.startLogging();
    expect([vm.spteText(GFN), vm.logged]).toEqual(['1:PWAdM', []]);
  });

  it('takes W away where the processor does not log', () => {
    const vm = new LoggedVm(rules, { pml: false });
    vm.startLogging();
    expect(vm.spteText(GFN)).toBe('1:PwADM');
    expect(vm.faultsOf(() => vm.write(GFN))).toBe(1);
    expect(vm.logged).toEqual([GFN]);
  });

  it('notes a write without a fault, and logs it at the next exit', () => {
    const vm = new LoggedVm(rules);
    vm.startLogging();
    expect(vm.faultsOf(() => vm.write(GFN))).toBe(0);
    expect([vm.spteText(GFN), vm.logged]).toEqual(['1:PWADM', []]);
    vm.leave();
    expect(vm.logged).toEqual([GFN]);
  });

  it('logs no reads', () => {
    const vm = new LoggedVm(rules);
    vm.startLogging();
    vm.read(GFN);
    vm.leave();
    expect([vm.spteText(GFN), vm.logged]).toEqual(['1:PWAdM', []]);
  });

  it('logs a write that faults at once: its leaf is created with Dirty set', () => {
    const vm = new LoggedVm(rules);
    vm.startLogging();
    vm.m.store(vm.leafWord(GFN, L1), rules.nonpresentSpte);
    expect(vm.faultsOf(() => vm.write(GFN))).toBe(1);
    expect([vm.spteText(GFN), vm.logged]).toEqual(['1:PWADM', [GFN]]);
  });

  it('hands out what was written, takes Dirty away again, and logs the next write', () => {
    const vm = new LoggedVm(rules);
    vm.startLogging();
    for (const written of [[GFN, 7], [GFN], [5, 6, 23]]) {
      for (const gfn of written) vm.write(gfn);
      vm.leave();
      expect(vm.handOut()).toEqual(written);
      for (const gfn of written) expect(vm.spteText(gfn)).toBe('1:PWAdM');
      expect(vm.handOut()).toEqual([]);
    }
  });

  it('notes a page once, however often it is written', () => {
    const vm = new LoggedVm(rules);
    vm.startLogging();
    for (let i = 0; i < 3 * PML_ENTRIES; i++) vm.write(GFN);
    expect([vm.state.inGuest, vm.m.loadOwn(vm.vm.pmlIndexes), vm.logged]).toEqual([true, 1, []]);
  });

  it('exits before a write for which the full buffer has no place', () => {
    const vm = new LoggedVm(rules);
    vm.startLogging();
    for (const gfn of range(PML_ENTRIES)) vm.write(gfn);
    expect([vm.m.loadOwn(vm.vm.pmlIndexes), vm.logged]).toEqual([PML_ENTRIES, []]);
    vm.read(PML_ENTRIES);
    expect(vm.logged).toEqual([]);
    expect(vm.faultsOf(() => vm.write(PML_ENTRIES))).toBe(0);
    expect([vm.m.loadOwn(vm.vm.pmlIndexes), vm.logged]).toEqual([1, range(PML_ENTRIES)]);
    vm.leave();
    expect(vm.logged).toEqual(range(PML_ENTRIES + 1));
  });

  it('asks vCPUs in the guest to exit before it hands out, and does not wait: what they noted comes with the next log', () => {
    const vm = new LoggedVm(rules);
    vm.startLogging();
    vm.write(GFN);
    expect(vm.state).toEqual({ inGuest: true, kicked: false });
    expect(vm.handOut()).toEqual([]);
    expect(vm.state).toEqual({ inGuest: true, kicked: true });
    vm.read(0);
    vm.leave();
    expect(vm.handOut()).toEqual([GFN]);
  });

  it('forgets what was noted while nobody logs', () => {
    const vm = new LoggedVm(rules);
    vm.startLogging();
    vm.stopLogging();
    vm.write(GFN);
    vm.leave();
    expect([vm.m.loadOwn(vm.vm.pmlIndexes), vm.logged]).toEqual([0, []]);
  });

  it('splits 2M leaves first, or takes W from them, too, so that they are split when they are written', () => {
    for (const loggingSplits of [true, false]) {
      const vm = new LoggedVm({ ...rules, loggingSplits }, { hugePages: true });
      expect(vm.spteText(GFN)).toBe('2:PWADM');
      vm.startLogging();
      expect(vm.spteText(GFN)).toBe(loggingSplits ? '1:PWAdM' : '2:PwAdM');
      expect(vm.faultsOf(() => vm.write(GFN))).toBe(loggingSplits ? 0 : 1);
      vm.leave();
      expect([vm.spteText(GFN), vm.logged]).toEqual(['1:PWADM', [GFN]]);
    }
  });

  describe('and a nested guest', () => {
    it('write-protects the entries of L2, whose Dirty bits are not logged, and only those', () => {
      const vm = new LoggedVm(rules, { nested: true }, L2);
      vm.write(GFN);
      vm.leave();
      expect([vm.spteText(GFN), vm.spteText(GFN, L2)]).toEqual(['1:PWADM', '1:PWADM']);
      vm.startLogging();
      expect([vm.spteText(GFN), vm.spteText(GFN, L2)]).toEqual(['1:PWAdM', '1:PwADM']);
    });

    it('logs a write of L2 by its fault, again after each hand-out', () => {
      const vm = new LoggedVm(rules, { nested: true }, L2);
      vm.startLogging();
      for (let round = 0; round < 2; round++) {
        expect(vm.faultsOf(() => vm.write(GFN, L2))).toBe(1);
        expect([vm.spteText(GFN, L2), vm.logged]).toEqual(['1:PWADM', [GFN]]);
        expect(vm.m.loadOwn(vm.vm.pmlIndexes)).toBe(0);
        expect(vm.faultsOf(() => vm.write(GFN, L2))).toBe(0);
        vm.leave();
        expect(vm.handOut()).toEqual([GFN]);
        expect(vm.spteText(GFN, L2)).toBe('1:PwADM');
      }
    });

    it('keeps the buffer out of it when L2 sets Dirty', () => {
      const vm = new LoggedVm(rules, { nested: true }, L2);
      const leaf = vm.leafWord(GFN, L2);
      vm.m.clearBits(leaf, vm.vm.spte.dirty);
      vm.write(GFN, L2);
      expect([vm.spteText(GFN, L2), vm.m.loadOwn(vm.vm.pmlIndexes)]).toEqual(['1:PWADM', 0]);
    });
  });
});
