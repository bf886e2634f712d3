import fc from 'fast-check';
import type { MemslotSpec } from '../../../src/mmu/create-vm.ts';
import type { MachineSpec } from '../../../src/mmu/vm.ts';
import { EPT, LEGACY } from '../../../src/shared/spte.ts';
import type { VmSpec } from './sequential-vm.ts';

/** Numbers in operations are any natural numbers: whoever runs them folds them into what the VM has. */
export type ShadowOperation =
  | {
      readonly kind: 'access';
      readonly vcpu: number;
      readonly at: number;
      readonly write: boolean;
      readonly l2: boolean;
    }
  | { readonly kind: 'clear' | 'test'; readonly page: number }
  | { readonly kind: 'invalidate' | 'dontNeed' | 'takeBack'; readonly first: number; readonly pages: number }
  | { readonly kind: 'toggleLog' | 'handOutLog'; readonly slot: number }
  | { readonly kind: 'toggleSlot'; readonly slot: number; readonly page: number }
  | { readonly kind: 'leaveRoot'; readonly vcpu: number; readonly l2: boolean }
  | { readonly kind: 'prefault'; readonly vcpu: number; readonly at: number }
  | { readonly kind: 'fork' | 'zapAll' };

export interface ShadowProgram {
  readonly vm: VmSpec;
  readonly operations: readonly ShadowOperation[];
}

/** So many that the pool never runs empty. */
const TABLES = 96;
const MOST_FRAMES = 24;

/** Two slots, one in each half of the guest's frames, anywhere in host memory, which they may share. */
function vmSpec(machine: MachineSpec): fc.Arbitrary<VmSpec> {
  const natural = fc.nat({ max: 2 ** 16 });
  const shape = fc.record({ whole: fc.boolean(), offset: natural, pages: natural, page: natural });
  return fc
    .record({
      geometry: fc.record({ levels: fc.integer({ min: 2, max: 3 }), entryBits: fc.integer({ min: 1, max: 2 }) }),
      shapes: fc.tuple(shape, shape),
      spte: fc.constantFrom(EPT, LEGACY),
      vcpus: fc.integer({ min: 1, max: 2 }),
    })
    .map(({ geometry, shapes, spte, vcpus }) => {
      const half = Math.min(MOST_FRAMES, 2 ** (geometry.levels * geometry.entryBits)) / 2;
      const slots = shapes.map(({ whole, offset, pages, page }, index): MemslotSpec => {
        const gfn = index * half;
        // Large and aligned as often as not: only such slots have 2M pages.
        if (whole) return { gfn, page: (page % 2) * half, pages: half };
        const first = offset % half;
        return { gfn: gfn + first, page: page % (half + 1), pages: 1 + (pages % (half - first)) };
      });
      return { geometry, slots, vcpus, spte, pages: 2 * half + 4, tlbEntries: 0, tables: TABLES, machine };
    });
}

function operation({ hugePages, npt }: MachineSpec): fc.Arbitrary<ShadowOperation> {
  const natural = fc.nat({ max: 2 ** 16 });
  const access = fc.record({
    kind: fc.constant('access' as const),
    vcpu: natural,
    at: natural,
    write: fc.boolean(),
    l2: fc.boolean(),
  });
  const age = fc.record({ kind: fc.constantFrom('clear' as const, 'test' as const), page: natural });
  // Only a host without huge pages replaces pages in place.
  const invalidations = hugePages
    ? (['invalidate', 'dontNeed'] as const)
    : (['invalidate', 'dontNeed', 'takeBack'] as const);
  const invalidate = fc.record({
    kind: fc.constantFrom(...invalidations),
    first: natural,
    pages: fc.integer({ min: 1, max: 8 }),
  });
  const log = fc.record({ kind: fc.constantFrom('toggleLog' as const, 'handOutLog' as const), slot: natural });
  const toggleSlot = fc.record({ kind: fc.constant('toggleSlot' as const), slot: natural, page: natural });
  const leaveRoot = fc.record({ kind: fc.constant('leaveRoot' as const), vcpu: natural, l2: fc.boolean() });
  const prefault = fc.record({ kind: fc.constant('prefault' as const), vcpu: natural, at: natural });
  const other = fc.record({ kind: fc.constantFrom('fork' as const, 'zapAll' as const) });
  return fc.oneof(
    { weight: 14, arbitrary: access },
    { weight: 4, arbitrary: age },
    { weight: 3, arbitrary: invalidate },
    { weight: 3, arbitrary: log },
    { weight: 2, arbitrary: toggleSlot },
    { weight: 1, arbitrary: leaveRoot },
    { weight: npt === false ? 0 : 1, arbitrary: prefault },
    { weight: 2, arbitrary: other },
  );
}

/** A VM whose memory the shadow MMU maps, or maps for L2, and anything that one thread could do to it. */
export function shadowProgram(machine: MachineSpec): fc.Arbitrary<ShadowProgram> {
  return fc.record({
    vm: vmSpec({ memslotsChange: true, ...machine }),
    operations: fc.array(operation(machine), { minLength: 1, maxLength: 40, size: 'max' }),
  });
}
