import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BACKING_MAX,
  backingOf,
  EPT,
  isFrozen,
  isShadowPresent,
  isVersionAtOrBefore,
  LEGACY,
  makeNonleafSpte,
} from '../../../src/shared/spte.ts';
import { makeWritableSpte } from '../../support/mmu/writable-spte.ts';

const layout = fc.constantFrom(EPT, LEGACY);
const backing = fc.integer({ min: 0, max: BACKING_MAX });

describe('SPTE encoding', () => {
  it('gives back what a leaf was made of', () => {
    fc.assert(
      fc.property(layout, backing, fc.boolean(), (format, version, accessed) => {
        const spte = makeWritableSpte(format, version, accessed);
        expect(backingOf(spte)).toBe(version);
        expect((spte & format.accessed) !== 0).toBe(accessed);
        expect(spte & format.dirty).not.toBe(0);
        expect(isShadowPresent(spte) && (spte & format.hardwarePresent) !== 0 && !isFrozen(spte)).toBe(true);
      }),
    );
  });

  it('gives back the table that a non-leaf points to', () => {
    fc.assert(
      fc.property(layout, backing, (format, id) => {
        const spte = makeNonleafSpte(format, id, true);
        expect(backingOf(spte)).toBe(id);
        expect(isShadowPresent(spte) && !isFrozen(spte)).toBe(true);
      }),
    );
  });

  it('orders versions that are less than 4096 apart as if they never wrapped', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), fc.integer({ min: -4095, max: 4095 }), (version, ahead) => {
        const other = version + 4096 + ahead;
        expect(isVersionAtOrBefore((version + 4096) & BACKING_MAX, other & BACKING_MAX)).toBe(ahead >= 0);
      }),
    );
  });
});
