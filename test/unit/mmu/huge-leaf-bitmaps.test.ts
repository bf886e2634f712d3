import { describe, expect, it } from 'vitest';
import { PAGE_BYTES } from '../../../src/notifier/byte-range.ts';
import { mmuNotifierClearYoung, mmuNotifierTestYoung } from '../../../src/notifier/subscribers.ts';
import { testBitmapBit } from '../../../src/shared/bitmap.ts';
import { mergedKernels } from '../../../src/variants/variants.ts';
import type { SequentialVm } from '../../support/mmu/sequential-vm.ts';
import { access, createHugeVm, testYoung } from '../../support/mmu/small-vm.ts';

/** Two 2M pages of four pages each: 0 to 3 and 4 to 7. */
const PAGES = 8;

function youngPages({ m, vm, host, bitmap }: SequentialVm, first: number): number[] {
  mmuNotifierTestYoung(m, vm, host, first * PAGE_BYTES, PAGES * PAGE_BYTES, bitmap);
  const pages = Array.from({ length: PAGES - first }, (_, i) => first + i);
  return pages.filter((page) => testBitmapBit(m, bitmap, PAGES - 1 - page));
}

const mmus = [
  ['TDP MMU', true],
  ['shadow MMU', false],
] as const;
const withBitmaps = mergedKernels.filter(({ rules }) => rules.honoursBitmap);

describe.each(withBitmaps)('$name: bitmaps and 2M leaves', ({ rules: own }) => {
  describe.each([true, false])('with rmapWalkAligned=%s', (rmapWalkAligned) => {
    const rules = { ...own, rmapWalkAligned };

    it.each(mmus)(
      'of the %s: a test reports the pages of young leaves, as far as they are in its range',
      (_, tdpMmu) => {
        for (let first = 0; first < 4; first++) {
          const sequential = createHugeVm(rules, { machine: { tdpMmu } });
          access(sequential, 0, false);
          expect(youngPages(sequential, first)).toEqual([0, 1, 2, 3].filter((page) => page >= first));
        }
      },
    );

    it.each(mmus)('of the %s: a clear that selects any page of a leaf makes it old', (_, tdpMmu) => {
      for (let selected = 0; selected < 4; selected++) {
        const sequential = createHugeVm(rules, { machine: { tdpMmu } });
        const { m, vm, host, bitmap } = sequential;
        access(sequential, 0, false);
        access(sequential, 4, false);
        m.store(bitmap, 1 << (PAGES - 1 - selected));
        expect(mmuNotifierClearYoung(m, vm, host, 0, PAGES * PAGE_BYTES, bitmap).answer).toBe('young');
        expect([testYoung(sequential, 0).answer, testYoung(sequential, 4).answer]).toEqual(['old', 'young']);
      }
    });
  });
});
