import { describe, expect, it } from 'vitest';
import type { Rules } from '../../../src/mmu/rules.ts';
import {
  isAdEnabled,
  makeLeafSpte,
  markForAccessTrack,
  mustUpdateAtomically,
  restoreForAccess,
} from '../../../src/mmu/spte-state.ts';
import type { MachineSpec, Vm } from '../../../src/mmu/vm.ts';
import {
  AD_DISABLED,
  AD_ENABLED,
  AD_WRPROT_ONLY,
  adTypeOf,
  backingOf,
  EPT,
  isAccessTracked,
  isLargeLeaf,
  LEGACY,
  LEGACY_ACCESS_TRACK,
  MMU_PRESENT,
  type SpteLayout,
  spteText,
  WRITABLE,
} from '../../../src/shared/spte.ts';
import { mergedKernels } from '../../../src/variants/variants.ts';
import { createSmallVm } from '../../support/mmu/small-vm.ts';

const VERSION = 5;
const EXECUTABLE = 1 << 2;

interface Machine {
  readonly spte: SpteLayout;
  readonly machine: MachineSpec;
}

/** Plain legacy entries have no place for an A/D type: such machines have A/D bits. */
const machines: readonly (readonly [string, Machine])[] = [
  ['EPT', { spte: EPT, machine: {} }],
  ['EPT with PML', { spte: EPT, machine: { pml: true } }],
  ['EPT without A/D bits', { spte: EPT, machine: { adBits: false } }],
  ['legacy', { spte: LEGACY, machine: {} }],
  ['legacy with access tracking', { spte: LEGACY_ACCESS_TRACK, machine: {} }],
  ['legacy with access tracking, without A/D bits', { spte: LEGACY_ACCESS_TRACK, machine: { adBits: false } }],
];

/** Those of which some entries, L2's at least, have A/D bits. */
const withAdBits = machines.filter(([, { spte, machine }]) => machine.adBits !== false || spte.name === 'legacy');
const withoutAdBits = machines.filter(([, { machine }]) => machine.adBits === false);

function vmOf({ spte, machine }: Machine, rules: Rules): Vm {
  return createSmallVm(rules, { spte, machine: { nested: true, ...machine } }).vm;
}

interface Leaf {
  readonly level?: number;
  readonly guestMode?: boolean;
  readonly old?: number;
  readonly prefetch?: boolean;
  readonly mapWritable?: boolean;
}

function make(vm: Vm, { level = 1, guestMode = false, old = 0, prefetch = false, mapWritable = true }: Leaf): number {
  return makeLeafSpte(vm, level, guestMode, old, VERSION, prefetch, mapWritable);
}

/** `PWADM` as in kernel traces. */
const textOf = (vm: Vm, leaf: Leaf): string => spteText(vm.spte, make(vm, leaf), leaf.level ?? 1);

const isModern = ({ accessedMeans }: Rules): boolean => accessedMeans === 'accessed-bit';

describe.each(mergedKernels)('$name: a new leaf', ({ rules }) => {
  describe.each(machines)('of %s', (_, machine) => {
    const vm = vmOf(machine, rules);

    it.each([false, true])('is young, writable and dirty, or young and protected (L2: %s)', (guestMode) => {
      const made = { guestMode };
      const hasBits = vm.machine.adBits || (guestMode && vm.spte.name === 'legacy');
      const software = isModern(rules);
      expect(textOf(vm, made)).toBe(hasBits ? '1:PWADM' : software ? '1:PWADM!' : '1:PWadM!');
      expect(textOf(vm, { ...made, mapWritable: false })).toBe(
        hasBits ? '1:PwAdm' : software ? '1:PwAdm!' : '1:Pwadm!',
      );
    });

    it.each([false, true])('is old if nobody has accessed the page (L2: %s)', (guestMode) => {
      const made = { guestMode, prefetch: true };
      const hasBits = vm.machine.adBits || (guestMode && vm.spte.name === 'legacy');
      const software = isModern(rules);
      expect(textOf(vm, made)).toBe(hasBits ? '1:PWaDM' : software ? '1:pwaDM!' : '1:pwadM!');
      expect(textOf(vm, { ...made, mapWritable: false })).toBe(hasBits ? '1:Pwadm' : '1:pwadm!');
    });

    it('says of which A/D type it is: protected instead of logged is what L2 has under PML', () => {
      const { adBits, pml } = vm.machine;
      expect(adTypeOf(vm.spte, make(vm, {}))).toBe(adBits ? AD_ENABLED : AD_DISABLED);
      const disabled = !adBits && vm.spte.name === 'ept';
      expect(adTypeOf(vm.spte, make(vm, { guestMode: true }))).toBe(
        disabled ? AD_DISABLED : pml ? AD_WRPROT_ONLY : AD_ENABLED,
      );
    });

    it('carries the version of its host page, allows reading and executing, and is large above 4K', () => {
      for (const level of [1, 2]) {
        const spte = make(vm, { level });
        expect([backingOf(spte), isLargeLeaf(spte)]).toEqual([VERSION, level === 2]);
        expect(spte & (MMU_PRESENT | vm.spte.readExecute)).toBe(MMU_PRESENT | vm.spte.readExecute);
        expect(spte & vm.spte.savedReadExecute).toBe(0);
      }
    });

    it('is dirty also in the place of a writable one, or only in the place of any other', () => {
      const { dirty, accessed } = vm.spte;
      const old = make(vm, {}) & ~accessed;
      const dirtyOver = (replaced: number): boolean => (make(vm, { old: replaced }) & dirty) !== 0;
      const hasDirty = vm.machine.adBits || rules.hasSoftwareDirtyBit;
      expect([0, rules.nonpresentSpte, old & ~WRITABLE].map(dirtyOver)).toEqual([hasDirty, hasDirty, hasDirty]);
      expect(dirtyOver(old)).toBe(hasDirty && rules.setsDirtyOverWritable);
    });
  });
});

describe.each(mergedKernels)('$name: access tracking', ({ rules }) => {
  const readExecutes = [1, EXECUTABLE, 1 | EXECUTABLE];

  describe.each(withAdBits)('on %s, entries with A/D bits:', (_, machine) => {
    const vm = vmOf(machine, rules);
    const { accessed } = vm.spte;

    it('lose nothing but Accessed', () => {
      for (const guestMode of [false, true]) {
        const spte = make(vm, { guestMode });
        if (!isAdEnabled(vm, spte)) continue;
        expect(markForAccessTrack(vm, spte)).toBe(spte & ~accessed);
        expect(markForAccessTrack(vm, spte & ~accessed)).toBe(spte & ~accessed);
      }
    });
  });

  describe.each(withoutAdBits)('on %s:', (_, machine) => {
    const vm = vmOf(machine, rules);
    const { accessed, savedReadExecute, accessTrack } = vm.spte;
    const made = make(vm, {});

    it('takes R, W and X, and keeps R and X aside', () => {
      for (const readExecute of readExecutes) {
        const spte = (made & ~vm.spte.readExecute) | readExecute;
        const tracked = markForAccessTrack(vm, spte);
        expect(tracked & (accessTrack | vm.spte.hardwarePresent)).toBe(0);
        expect(isAccessTracked(vm.spte, tracked)).toBe(true);
        expect(tracked & accessed).toBe(isModern(rules) ? 0 : spte & accessed);
        const kept = ~(accessTrack | savedReadExecute | accessed);
        expect(tracked & kept).toBe(spte & kept);
        expect(markForAccessTrack(vm, tracked)).toBe(tracked);
      }
    });

    it('gives R and X back as they were, and leaves W to a write fault', () => {
      for (const readExecute of readExecutes) {
        const spte = (made & ~vm.spte.readExecute) | readExecute;
        const restored = restoreForAccess(vm, markForAccessTrack(vm, spte));
        expect(restored).toBe((spte & ~WRITABLE) | (isModern(rules) ? accessed : 0));
        expect(isAccessTracked(vm.spte, restored)).toBe(false);
      }
    });
  });

  it('marks the entry it gives back as accessed only if the rules say so', () => {
    const machine = { spte: EPT, machine: { adBits: false } };
    const restores = (fastPageFaultRestoresAccessed: boolean): boolean => {
      const vm = vmOf(machine, { ...rules, fastPageFaultRestoresAccessed });
      return (restoreForAccess(vm, markForAccessTrack(vm, make(vm, {}))) & EPT.accessed) !== 0;
    };
    expect([restores(true), restores(false)]).toEqual([isModern(rules), false]);
  });
});

/** Host-writable, MMU-writable and W: no other combination of the three is an SPTE's. */
const validWritability = ['111', '110', '100', '000'];

function writability({ spte: { hostWritable, mmuWritable } }: Vm, spte: number): string {
  return [hostWritable, mmuWritable, WRITABLE].map((bit) => ((spte & bit) === 0 ? '0' : '1')).join('');
}

/** All that KVM, aging, a fast page fault and the hardware do to one leaf, in any order. */
function everyStateOf(vm: Vm, made: number): Set<number> {
  const { accessed, dirty, mmuWritable } = vm.spte;
  const steps: readonly ((spte: number) => number)[] = [
    (spte) => markForAccessTrack(vm, spte),
    (spte) => (isAccessTracked(vm.spte, spte) ? restoreForAccess(vm, spte) : spte),
    // Dirty logging takes W, and a fast page fault gives it back.
    (spte) => spte & ~WRITABLE,
    (spte) => ((spte & mmuWritable) !== 0 && !isAccessTracked(vm.spte, spte) ? spte | WRITABLE : spte),
    (spte) => spte & ~(WRITABLE | mmuWritable),
    (spte) => ((spte & vm.spte.hardwarePresent) !== 0 && isAdEnabled(vm, spte) ? spte | accessed : spte),
    (spte) => ((spte & WRITABLE) !== 0 && isAdEnabled(vm, spte) ? spte | dirty : spte),
    (spte) => spte & ~accessed,
    (spte) => spte & ~dirty,
  ];
  const seen = new Set([made]);
  for (const spte of seen) for (const step of steps) seen.add(step(spte));
  return seen;
}

const booleans = [false, true];

describe.each(mergedKernels)('$name: whatever is done to a leaf', ({ rules }) => {
  describe.each(machines)('of %s', (_, machine) => {
    const vm = vmOf(machine, rules);
    const leaves = booleans.flatMap((guestMode) =>
      booleans.flatMap((prefetch) => booleans.map((mapWritable) => ({ guestMode, prefetch, mapWritable }))),
    );

    it.each(leaves)('its writability stays valid, its page and type the same: %o', (leaf) => {
      const made = make(vm, leaf);
      const states = everyStateOf(vm, made);
      const { hostWritable } = vm.spte;
      for (const spte of states) {
        expect(validWritability).toContain(writability(vm, spte));
        expect([backingOf(spte), adTypeOf(vm.spte, spte)]).toEqual([VERSION, adTypeOf(vm.spte, made)]);
        expect(spte & (MMU_PRESENT | hostWritable)).toBe(made & (MMU_PRESENT | hostWritable));
      }
      const reached = new Set([...states].map((spte) => writability(vm, spte)));
      expect([...reached].sort()).toEqual(leaf.mapWritable ? ['100', '110', '111'] : ['000']);
    });

    it('it must be updated atomically where, and only where, a bit that matters can change without mmu_lock', () => {
      const both = ['spte_has_volatile_bits', 'spte_needs_atomic_update'] as const;
      const seen = new Set<string>();
      for (const leaf of leaves) {
        for (const spte of everyStateOf(vm, make(vm, leaf))) {
          for (const atomicUpdate of both) {
            const atomic = mustUpdateAtomically({ ...vm, rules: { ...rules, atomicUpdate } }, spte);
            expect(atomic, `${atomicUpdate} of ${spte.toString(2)}`).toBe(othersMayChange(vm, spte, atomicUpdate));
            seen.add(`${atomicUpdate} ${atomic}`);
          }
        }
      }
      expect(seen.size).toBeGreaterThanOrEqual(3);
    });
  });
});

/** Who may change the leaf meanwhile, told by who does what. */
function othersMayChange(vm: Vm, spte: number, atomicUpdate: Rules['atomicUpdate']): boolean {
  const { accessed, dirty, mmuWritable } = vm.spte;
  const writable = (spte & WRITABLE) !== 0;
  const type = adTypeOf(vm.spte, spte);
  const fastPageFaultMakesWritable = !writable && (spte & mmuWritable) !== 0;
  const fastPageFaultRestores = type === AD_DISABLED && (spte & vm.spte.accessTrack) === 0;
  const hardwareSetsDirty = type !== AD_DISABLED && writable && (spte & dirty) === 0;
  if (atomicUpdate === 'spte_has_volatile_bits') {
    const hardwareSetsAccessed = type !== AD_DISABLED && (spte & accessed) === 0;
    return fastPageFaultMakesWritable || fastPageFaultRestores || hardwareSetsDirty || hardwareSetsAccessed;
  }
  // Lockless aging, too, takes R, W and X; that it clears Accessed, or the hardware sets it, does not matter.
  return fastPageFaultMakesWritable || hardwareSetsDirty || type === AD_DISABLED;
}
