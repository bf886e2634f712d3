import fc from 'fast-check';
import type { MemslotSpec } from '../../../src/mmu/create-vm.ts';
import { type Geometry, X86_64 } from '../../../src/mmu/geometry.ts';
import { EPT, LEGACY } from '../../../src/shared/spte.ts';
import { BITMAP_PAGES, type VmSpec } from './sequential-vm.ts';

const PAGE = 4096;

/** Numbers in operations are any natural numbers: whoever runs them folds them into what the VM has. */
export type AgingOperation =
  | { readonly kind: 'access'; readonly vcpu: number; readonly at: number; readonly write: boolean }
  | { readonly kind: 'leave'; readonly vcpu: number }
  | {
      readonly kind: 'test' | 'clear' | 'clearFlush';
      readonly start: number;
      readonly bytes: number;
      /** Contents of the bitmap before the call, or none. A test begins with an empty one. */
      readonly bitmap: readonly number[] | undefined;
    }
  | { readonly kind: 'takeBack'; readonly first: number; readonly pages: number }
  | { readonly kind: 'zapAll' };

export interface AgingProgram {
  readonly vm: VmSpec;
  /** The host's version of every page at the beginning. */
  readonly firstVersion: number;
  readonly operations: readonly AgingOperation[];
}

const geometry: fc.Arbitrary<Geometry> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ levels: fc.integer({ min: 1, max: 4 }), entryBits: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.constant(X86_64) },
);

const slotShape = fc.record({
  /** Guest frames left out in front of the slot. */
  gfnGap: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 40 }), fc.nat({ max: 2 ** 27 })),
  /** Host pages left out in front of it; negative ones are shared with slots before. */
  pageGap: fc.integer({ min: -2, max: 4 }),
  pages: fc.integer({ min: 1, max: 24 }),
});

/** Slots that the geometry has guest frames for, in order of their frames: at least the first. */
function placeSlots(shapes: readonly (typeof slotShape extends fc.Arbitrary<infer S> ? S : never)[], frames: number) {
  const slots: MemslotSpec[] = [];
  let gfn = 0;
  let page = 0;
  for (const shape of shapes) {
    const first = slots.length === 0 ? Math.min(gfn + shape.gfnGap, frames - 1) : gfn + shape.gfnGap;
    const pages = Math.min(shape.pages, frames - first);
    if (pages <= 0) break;
    const firstPage = Math.max(0, page + shape.pageGap);
    slots.push({ gfn: first, page: firstPage, pages });
    gfn = first + pages;
    page = firstPage + pages;
  }
  return slots;
}

export function vmSpec(hasTlb: boolean): fc.Arbitrary<VmSpec> {
  return fc
    .record({
      geometry,
      shapes: fc.array(slotShape, { minLength: 1, maxLength: 4 }),
      vcpus: fc.integer({ min: 1, max: 4 }),
      tlbEntries: hasTlb ? fc.constantFrom(1, 4, 64) : fc.constant(0),
      spte: fc.constantFrom(EPT, LEGACY),
    })
    .map(({ shapes, ...rest }) => {
      const slots = placeSlots(shapes, 2 ** Math.min(30, rest.geometry.levels * rest.geometry.entryBits));
      // Some pages behind the last slot have no guest memory.
      const pages = Math.max(...slots.map((slot) => slot.page + slot.pages)) + 2;
      return { ...rest, slots, pages };
    });
}

const natural = fc.nat({ max: 2 ** 16 });
/** Bytes of an unaligned border: often just at, before or behind one between pages. */
const offset = fc.oneof(fc.constantFrom(0, 1, PAGE - 1), fc.nat({ max: PAGE - 1 }));
const bytes = fc.oneof(
  fc.integer({ min: 1, max: 2 * PAGE }),
  fc.tuple(fc.nat({ max: BITMAP_PAGES - 2 }), offset).map(([pages, rest]) => pages * PAGE + rest + 1),
);
const bitmap = fc.option(fc.array(fc.integer(), { minLength: BITMAP_PAGES / 32, maxLength: BITMAP_PAGES / 32 }), {
  nil: undefined,
});

const operation: fc.Arbitrary<AgingOperation> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constant('access' as const), vcpu: natural, at: natural, write: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), vcpu: natural }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('test' as const, 'clear' as const, 'clearFlush' as const),
      start: fc.tuple(natural, offset).map(([page, rest]) => page * PAGE + rest),
      bytes,
      bitmap,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('takeBack' as const),
      first: natural,
      pages: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('zapAll' as const) }) },
);

/** Any VM and anything that one thread could do to it. */
export function agingProgram(hasTlb: boolean): fc.Arbitrary<AgingProgram> {
  return fc.record({
    vm: vmSpec(hasTlb),
    // Versions count modulo 8192, and so must their comparison with SPTEs.
    firstVersion: fc.constantFrom(0, 8190),
    operations: fc.array(operation, { minLength: 1, maxLength: 60, size: 'max' }),
  });
}
