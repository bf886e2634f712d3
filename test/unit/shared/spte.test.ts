import { describe, expect, it } from 'vitest';
import {
  BACKING_MAX,
  backingOf,
  describeSpte,
  EPT,
  FROZEN_BITS,
  isFrozen,
  isShadowPresent,
  isVersionAtOrBefore,
  LEGACY,
  makeNonleafSpte,
  NONPRESENT_MARKER,
  spteBitNames,
} from '../../../src/shared/spte.ts';
import { makeWritableSpte } from '../../support/mmu/writable-spte.ts';

describe.each([EPT, LEGACY])('SPTE layout $name', (layout) => {
  it('gives each named bit a place of its own', () => {
    let seen = 0;
    for (const [name, mask] of spteBitNames(layout)) {
      expect(mask, name).not.toBe(0);
      expect(seen & mask, name).toBe(0);
      seen |= mask;
    }
  });

  it('describes a leaf, a table, and the nonpresent states', () => {
    expect(describeSpte(layout, makeWritableSpte(layout, 7, true), 1)).toBe('1:PWADM version 7');
    expect(describeSpte(layout, makeWritableSpte(layout, 7, false), 1)).toBe('1:PWaDM version 7');
    expect(describeSpte(layout, makeNonleafSpte(layout, 3, true), 2)).toBe('2:PWAdm to table #3');
    expect(describeSpte(layout, 0, 1)).toBe('-');
    expect(describeSpte(layout, NONPRESENT_MARKER, 1)).toBe('-');
    expect(describeSpte(layout, FROZEN_BITS, 1)).toBe('FROZEN');
  });

  it('shares bits of the frozen value with Accessed, as the kernel does: clearing A would break the sentinel', () => {
    expect(FROZEN_BITS & layout.accessed).not.toBe(0);
    for (const frozen of [FROZEN_BITS, FROZEN_BITS | NONPRESENT_MARKER]) {
      expect(isFrozen(frozen)).toBe(true);
      expect(isShadowPresent(frozen)).toBe(false);
      expect(isFrozen(frozen & ~layout.accessed)).toBe(false);
    }
  });
});

describe('places of bits', () => {
  it('are those of the hardware and of KVM', () => {
    expect([EPT.accessed, EPT.dirty]).toEqual([0x100, 0x200]);
    expect([LEGACY.accessed, LEGACY.dirty]).toEqual([0x20, 0x40]);
    expect([LEGACY.hostWritable, LEGACY.mmuWritable]).toEqual([0x200, 0x400]);
    expect(makeWritableSpte(EPT, 0, true)).toBe(0x0600_0b07);
    expect(makeWritableSpte(LEGACY, 0, true)).toBe(0x0000_0e67);
  });
});

describe('versions', () => {
  it('are kept modulo 8192', () => {
    expect(backingOf(makeWritableSpte(EPT, BACKING_MAX + 6, false))).toBe(5);
  });

  it('compare across the wrap', () => {
    expect(isVersionAtOrBefore(BACKING_MAX, 0)).toBe(true);
    expect(isVersionAtOrBefore(0, BACKING_MAX)).toBe(false);
  });
});
