import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LayoutBuilder, type RegionSpec } from '../../../src/shared/layout.ts';

const region: fc.Arbitrary<RegionSpec> = fc.record({
  name: fc.string({ minLength: 1, maxLength: 8 }),
  count: fc.nat({ max: 40 }),
  wordClass: fc.constantFrom('shared', 'private', 'constant'),
  meaning: fc.string(),
  padded: fc.boolean(),
});

function build(specs: readonly RegionSpec[]) {
  const builder = new LayoutBuilder();
  const offsets = specs.map((spec) => builder.region(spec));
  return { offsets, layout: builder.build() };
}

describe('LayoutBuilder', () => {
  it('gives every word to one region at most, and word 0 to none', () => {
    fc.assert(
      fc.property(fc.array(region), (specs) => {
        const { offsets, layout } = build(specs);
        const owners: (number | undefined)[] = new Array(layout.wordCount).fill(undefined);
        offsets.forEach((offset, index) => {
          const count = specs[index]?.count ?? 0;
          expect(offset + count).toBeLessThanOrEqual(layout.wordCount);
          for (let word = offset; word < offset + count; word++) {
            expect(owners[word]).toBeUndefined();
            owners[word] = index;
          }
        });
        expect(owners[0]).toBeUndefined();
        owners.forEach((owner, word) => {
          const found = layout.regionOf(word);
          expect(found === undefined ? undefined : layout.regions.indexOf(found)).toBe(owner);
        });
      }),
    );
  });

  it('keeps padded regions on cache lines of their own', () => {
    fc.assert(
      fc.property(fc.array(region), (specs) => {
        const { offsets, layout } = build(specs);
        const lineOf = (word: number) => Math.floor(word / 16);
        offsets.forEach((offset, index) => {
          const spec = specs[index] as RegionSpec;
          if (!spec.padded || spec.count === 0) return;
          expect(offset % 16).toBe(0);
          const others = layout.regions.filter((other, at) => at !== index && other.count > 0);
          for (const other of others) {
            const apart =
              lineOf(other.offset + other.count - 1) < lineOf(offset) ||
              lineOf(other.offset) > lineOf(offset + spec.count - 1);
            expect(apart).toBe(true);
          }
        });
      }),
    );
  });
});
