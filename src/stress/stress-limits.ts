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
  const specs = layOutSlots(pages, slots);
  // Every vCPU keeps tables at hand besides.
  const needed =
    specs.reduce((tables, slot) => tables + tablesToMap(X86_64, slot.gfn, slot.pages), 1) + vcpus * X86_64.levels;
  const last = specs[specs.length - 1];
  if (needed > MAX_TABLES || (last !== undefined && last.gfn + last.pages > MAX_GFN)) {
    throw new InputError(
      `--pages: ${pages} pages take ${needed} page tables, and an SPTE's 13 bits for a table's id allow ${MAX_TABLES}; ` +
        `accepted here: up to ${(MAX_TABLES - needed) * PAGES_PER_TABLE + pages}`,
    );
  }
}
