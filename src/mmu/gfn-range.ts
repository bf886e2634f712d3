import { setBitmapBit, testBitmapBit } from '../shared/bitmap.ts';
import { GhostEvent, KernelWarning } from '../shared/ghost-event.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { crash } from '../shared/oops.ts';
import type { Vm } from './vm.ts';

/** struct kvm_gfn_range: the part of a notifier call that falls into one memslot. */
export interface GfnRange {
  /** The slot's handle. */
  readonly slot: number;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** Host page minus gfn in this slot. */
  readonly pageOffset: number;
}

/** The same for an aging call, with what its argument points to. */
export interface AgingRange extends GfnRange {
  /** 0, or an aging call's bitmap: to be filled by a test, to select by for a clear. */
  readonly bitmap: Word;
  /** The page of the bitmap's bit 0: the last one of the whole call. */
  readonly lastPage: number;
  /** Bits that the bitmap has. */
  readonly bitmapBits: number;
  /** The walk holds no `mmu_lock`, or only for read: it is a fast pass, or the variant never takes it. */
  readonly lockless: boolean;
  /** range->arg points to the call's metadata; if not, whoever looks for a bitmap reads through NULL. */
  readonly hasMetadata: boolean;
}

/**
 * kvm_gfn_should_age, of a leaf's pages [gfnStart, gfnEnd) in the range: whether a clear is to age them, since there is no
 * bitmap or any is selected in it.
 *
 * @param leafGfn the first gfn that the leaf maps, which may be in front of the range
 * @throws Oops where the kernel would crash
 */
export function shouldAge(
  m: Memory,
  vm: Vm,
  range: AgingRange,
  leafGfn: number,
  gfnStart: number,
  gfnEnd: number,
): boolean {
  const { bitmap, lastPage, pageOffset } = range;
  requireMetadata(range, 'kvm_gfn_should_age', leafGfn);
  if (bitmap === 0 || !vm.rules.clearsOnlySelected) return true;
  if (vm.rules.hugeLeafInBitmap === 'first-gfn') return testBitmapBit(m, bitmap, bitOfLeaf(m, range, leafGfn));
  for (let gfn = gfnStart; gfn < gfnEnd; gfn++) {
    if (testBitmapBit(m, bitmap, lastPage - (gfn + pageOffset))) return true;
  }
  return false;
}

/** kvm_gfn_record_young, of a leaf's pages [gfnStart, gfnEnd), in the bitmap if the call has one. Throws as `shouldAge` does. */
export function recordYoung(
  m: Memory,
  vm: Vm,
  range: AgingRange,
  leafGfn: number,
  gfnStart: number,
  gfnEnd: number,
): void {
  const { bitmap, lastPage, pageOffset } = range;
  requireMetadata(range, 'kvm_gfn_record_young', leafGfn);
  if (bitmap === 0) return;
  if (vm.rules.hugeLeafInBitmap === 'first-gfn') {
    setBitmapBit(m, bitmap, bitOfLeaf(m, range, leafGfn));
    return;
  }
  for (let gfn = gfnStart; gfn < gfnEnd; gfn++) setBitmapBit(m, bitmap, lastPage - (gfn + pageOffset));
}

function requireMetadata(range: AgingRange, reader: string, gfn: number): void {
  if (range.hasMetadata) return;
  const message = `${reader} reads through a NULL pointer: the call under mmu_lock has no metadata (gfn ${gfn})`;
  crash('null-dereference', gfn + range.pageOffset, message);
}

/** kvm_young_bitmap_offset (v3): the bit of a leaf's first gfn, whether or not it is in the range. */
function bitOfLeaf(m: Memory, range: AgingRange, leafGfn: number): number {
  const { start, end, lastPage, pageOffset, bitmapBits } = range;
  const bit = lastPage - (leafGfn + pageOffset);
  if (leafGfn >= start && leafGfn < end) return bit;
  // WARN_ON_ONCE(gfn < range->start || gfn >= range->end), and on it goes.
  m.note(GhostEvent.kernelWarning, leafGfn + pageOffset, KernelWarning.gfnOutsideRange);
  if (bit < bitmapBits) return bit;
  const message = `bit ${bit} of a bitmap that has ${bitmapBits}: gfn ${leafGfn} of a 2M leaf is in front of the range`;
  return crash('out-of-range', leafGfn + pageOffset, message);
}
