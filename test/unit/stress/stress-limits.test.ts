import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/shared/input-error.ts';
import { checkSizes } from '../../../src/stress/stress-limits.ts';

describe('Sizes', () => {
  it.each([
    { pages: 1, slots: 1, vcpus: 1 },
    { pages: 1024, slots: 64, vcpus: 64 },
    { pages: 2 ** 20, slots: 3, vcpus: 4 },
  ])('fit: $pages pages in $slots slots for $vcpus vCPUs', (sizes) => {
    expect(() => checkSizes(sizes)).not.toThrow();
  });

  it('do not fit if there are more slots than pages', () => {
    expect(() => checkSizes({ pages: 3, slots: 4, vcpus: 1 })).toThrow(
      new InputError('--slots: 4 slots do not fit into 3 pages; accepted: 1 … 3'),
    );
  });

  it("do not fit if the tables would not have ids in an SPTE's field", () => {
    expect(() => checkSizes({ pages: 2 ** 23, slots: 1, vcpus: 2 })).toThrow(InputError);
    expect(() => checkSizes({ pages: 2 ** 23, slots: 1, vcpus: 2 })).toThrow(/^--pages: .* 13 bits .* 8191$/);
  });
});
