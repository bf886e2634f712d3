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

/** Generations of roots that the pool of tables has room for: one in use, two that await their grace periods. */
const GENERATIONS = 3;

/** An upper bound of the tables below the root that it takes to map [gfn, gfn + pages). */
export function tablesToMap(geometry: Geometry, gfn: number, pages: number): number {
  let tables = 0;
  for (let level = 1; level < geometry.levels; level++) {
    const span = 2 ** (geometry.entryBits * level);
    tables += Math.floor((gfn + pages - 1) / span) - Math.floor(gfn / span) + 1;
  }
  return tables;
}

/** Size of the pool by default, if the slots take `mapped` tables: some generations of roots, and vCPUs' caches. */
export function defaultTableCount(geometry: Geometry, mapped: number, vcpus: number): number {
  return Math.min(MAX_TABLES, GENERATIONS * (mapped + 1) + vcpus * geometry.levels);
}
