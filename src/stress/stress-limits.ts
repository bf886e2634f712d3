import { MAX_TABLES, tablesToMap, X86_64 } from '../mmu/geometry.ts';
import { InputError } from '../shared/input-error.ts';
import { layOutSlots } from './slots.ts';
import type { StressConfig } from './stress-config.ts';

export const MAX_VCPUS = 64;
export const MAX_SLOTS = 64;
/** Gfns stay below this, so that their arithmetic stays within 32 bits. */
const MAX_GFN = 2 ** 30;
const PAGES_PER_TABLE = 2 ** X86_64.entryBits;
/** Largest arena. */
export const MAX_ARENA_BYTES = 4 * 2 ** 30;

/** Refuses sizes that the SPTE's fields have no room for. */
export function checkSizes(config: Pick<StressConfig, 'pages' | 'slots' | 'vcpus'>): void {
  const { pages, slots, vcpus } = config;
  if (slots > pages)
    throw new InputError(`--slots: ${slots} slots do not fit into ${pages} pages; accepted: 1 … ${pages}`);
  const needed = tablesNeeded(pages, slots, vcpus);
  const last = layOutSlots(pages, slots).at(-1);
  if (needed > MAX_TABLES || (last !== undefined && last.gfn + last.pages > MAX_GFN)) {
    throw new InputError(
      `--pages: ${pages} pages take ${needed} page tables, and an SPTE's 13 bits for a table's id allow ${MAX_TABLES}; ` +
        `accepted here: up to ${mostPages(pages, slots, vcpus)}`,
    );
  }
}

/** Tables of one generation of roots, and those that every vCPU keeps at hand besides. */
function tablesNeeded(pages: number, slots: number, vcpus: number): number {
  const specs = layOutSlots(pages, slots);
  return specs.reduce((tables, slot) => tables + tablesToMap(X86_64, slot.gfn, slot.pages), 1) + vcpus * X86_64.levels;
}

/** About the largest number of pages that fits, and one that does: borders of slots cost tables of their own. */
function mostPages(tooMany: number, slots: number, vcpus: number): number {
  let pages = tooMany;
  for (;;) {
    const excess = tablesNeeded(pages, slots, vcpus) - MAX_TABLES;
    if (excess <= 0) return pages;
    pages = Math.max(slots, pages - excess * PAGES_PER_TABLE);
  }
}
