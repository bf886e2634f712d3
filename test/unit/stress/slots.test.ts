import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gfnsOfPages, layOutSlots } from '../../../src/stress/slots.ts';

const sizes = fc
  .record({ pages: fc.integer({ min: 1, max: 5000 }), count: fc.integer({ min: 1, max: 64 }) })
  .filter(({ pages, count }) => count <= pages);

describe('The slots of a stress run', () => {
  it('cover each page exactly once, and none is empty', () => {
    fc.assert(
      fc.property(sizes, ({ pages, count }) => {
        const slots = layOutSlots(pages, count);
        expect(slots.length).toBe(count);
        let next = 0;
        for (const slot of slots) {
          expect(slot.page).toBe(next);
          expect(slot.pages).toBeGreaterThan(0);
          next += slot.pages;
        }
        expect(next).toBe(pages);
      }),
    );
  });

  it('do not overlap in guest frames', () => {
    fc.assert(
      fc.property(sizes, ({ pages, count }) => {
        const slots = layOutSlots(pages, count);
        slots.slice(1).forEach((slot, i) => {
          const before = slots[i];
          expect(slot.gfn).toBeGreaterThanOrEqual((before?.gfn ?? 0) + (before?.pages ?? 0));
        });
      }),
    );
  });

  it('give each page a guest frame of its own', () => {
    fc.assert(
      fc.property(sizes, ({ pages, count }) => {
        const slots = layOutSlots(pages, count);
        const gfns = gfnsOfPages(slots, pages);
        expect(new Set(gfns).size).toBe(pages);
        for (const slot of slots) expect(gfns[slot.page + slot.pages - 1]).toBe(slot.gfn + slot.pages - 1);
      }),
      { numRuns: 20 },
    );
  });
});
