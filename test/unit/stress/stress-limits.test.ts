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
    const tooMany = (): void => checkSizes({ pages: 2 ** 23, slots: 1, vcpus: 2 });
    expect(tooMany).toThrow(InputError);
    expect(tooMany).toThrow(/^--pages: 8388608 pages .* 13 bits .* 8191/);
  });

  it.each([
    { slots: 1, vcpus: 1 },
    { slots: 64, vcpus: 64 },
  ])('fit if they are what the error for $slots slots and $vcpus vCPUs accepts', (rest) => {
    const accepted = acceptedPages({ pages: 2 ** 23, ...rest });
    expect(accepted).toBeGreaterThan(2 ** 21);
    expect(() => checkSizes({ pages: accepted, ...rest })).not.toThrow();
  });
});

/** What the error says. */
function acceptedPages(sizes: Parameters<typeof checkSizes>[0]): number {
  try {
    checkSizes(sizes);
  } catch (error) {
    return Number(/up to (\d+)$/.exec((error as Error).message)?.[1]);
  }
  return Number.NaN;
}
