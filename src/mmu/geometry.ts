import { BACKING_MAX } from '../shared/spte.ts';

/** Shape of the page tables: 4 levels of 512 entries on x86-64, smaller in scenarios. */
export interface Geometry {
  readonly levels: number;
  /** log2 of a table's entries. */
  readonly entryBits: number;
}

export const X86_64: Geometry = Object.freeze({ levels: 4, entryBits: 9 });

/** Largest table id; ids start at 1, 0 means none. */
export const MAX_TABLES = BACKING_MAX;

/** How many tables it takes to map every slot, the root included. */
export function tablesToMap(geometry: Geometry, slots: readonly { gfn: number; pages: number }[]): number {
  const tables = new Set<string>();
  for (const slot of slots) {
    for (let level = 1; level <= geometry.levels; level++) {
      const span = 2 ** (geometry.entryBits * level);
      const last = Math.floor((slot.gfn + slot.pages - 1) / span);
      for (let index = Math.floor(slot.gfn / span); index <= last; index++) tables.add(`${level}:${index}`);
    }
  }
  return tables.size;
}
