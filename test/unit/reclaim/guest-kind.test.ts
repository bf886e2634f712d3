import { expect, it } from 'vitest';
import { L1, L2 } from '../../../src/mmu/vm.ts';
import { guestKinds, hasGuests, isL2Page, modeOf } from '../../../src/reclaim/guest-kind.ts';
import { variants } from '../../../src/variants/variants.ts';

it("the upper half of memory is L2's, where both make accesses", () => {
  const pages = [0, 4, 5, 8];
  // Of nine pages four.
  const modes = guestKinds.map((kind) => pages.map((page) => modeOf(kind, page, 9)));
  expect(modes).toEqual([
    [L1, L1, L1, L1],
    [L2, L2, L2, L2],
    [L1, L1, L2, L2],
  ]);
  expect(pages.map((page) => isL2Page('mixed', page, 9))).toEqual([false, false, true, true]);
});

it('arm64 has no nested guests', () => {
  const without = variants.filter(({ rules }) => !hasGuests(rules, 'mixed'));
  expect(without.map(({ name }) => name)).toEqual(['v3-arm64']);
  for (const { rules } of variants) {
    expect(hasGuests(rules, 'l1')).toBe(true);
    expect(hasGuests(rules, 'l2')).toBe(hasGuests(rules, 'mixed'));
  }
});
