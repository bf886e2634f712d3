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

const NO_SLOT = -1;

/** The guest frame of each page. A table: which slot the next page of a workload is in, no branch predictor knows. */
export function gfnsOfPages(slots: readonly MemslotSpec[], pages: number): Int32Array {
  const gfns = new Int32Array(pages).fill(NO_SLOT);
  for (const slot of slots) for (let i = 0; i < slot.pages; i++) gfns[slot.page + i] = slot.gfn + i;
  if (gfns.includes(NO_SLOT)) throw new RangeError(`page ${gfns.indexOf(NO_SLOT)} is in no slot`);
  return gfns;
}
