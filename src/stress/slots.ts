import type { MemslotSpec } from '../mmu/create-vm.ts';

/** Guest frames left out between slots, so that they do not share leaf tables by accident. */
const GAP_GFNS = 1536;

/** Splits the host pages over several memslots; their borders are odd, so that ranges and batches span them. */
export function layOutSlots(pages: number, count: number): readonly MemslotSpec[] {
  const slots: MemslotSpec[] = [];
  let page = 0;
  for (let slot = 0; slot < count; slot++) {
    const left = count - slot;
    const share = left === 1 ? pages - page : Math.max(1, Math.floor((pages - page) / left) | 1);
    const size = Math.min(share, pages - page - (left - 1));
    slots.push({ gfn: page + slot * GAP_GFNS, page, pages: size });
    page += size;
  }
  return slots;
}

/** The guest frame of each page, as an offset that is constant within a slot. */
export function gfnOfPage(slots: readonly MemslotSpec[], page: number): number {
  for (const slot of slots) if (page < slot.page + slot.pages) return page - slot.page + slot.gfn;
  throw new RangeError(`page ${page} is in no slot`);
}
