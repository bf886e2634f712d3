import type { Memory } from '../shared/memory.ts';
import { backingOf, WRITABLE } from '../shared/spte.ts';
import type { Vm } from './vm.ts';

/** What a walk returns where it found no translation: an exit for a page fault. */
export const PAGE_FAULT = 0;

/**
 * The processor's page walk: from the root to the leaf, setting Accessed, and Dirty on a write, in the leaf by a
 * locked compare-exchange of the very word it walked. If that word has changed, the walk starts again. A walk that
 * finds the bits set writes nothing. No RCU: what keeps it off recycled tables is the flush handshake.
 *
 * @returns the leaf SPTE as it is after the walk, or `PAGE_FAULT`
 */
export function hardwareWalk(m: Memory, vm: Vm, root: number, gfn: number, write: boolean): number {
  const { tables, entries, entryBits, levels } = vm;
  const { hardwarePresent, accessed, dirty } = vm.spte;
  const wanted = write ? accessed | dirty : accessed;
  for (;;) {
    let table = root;
    for (let shift = entryBits * (levels - 1); shift > 0; shift -= entryBits) {
      const spte = m.load(tables + table * entries + ((gfn >>> shift) & (entries - 1)));
      if ((spte & hardwarePresent) === 0) return PAGE_FAULT;
      table = backingOf(spte);
    }
    const leaf = tables + table * entries + (gfn & (entries - 1));
    const spte = m.load(leaf);
    if ((spte & hardwarePresent) === 0) return PAGE_FAULT;
    if (write && (spte & WRITABLE) === 0) return PAGE_FAULT;
    if ((spte & wanted) === wanted) return spte;
    // Not a plain store: between the load and this step the entry may have been zapped or aged.
    if (m.tryReplace(leaf, spte, spte | wanted)) return spte | wanted;
  }
}
