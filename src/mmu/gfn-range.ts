import { setBitmapBit, testBitmapBit } from '../shared/bitmap.ts';
import type { Memory, Word } from '../shared/memory.ts';
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
  /** 0, or an aging call's bitmap: to be filled by a test, to select by for a clear. */
  readonly bitmap: Word;
  /** The page of the bitmap's bit 0: the last one of the whole call. */
  readonly lastPage: number;
}

/** kvm_gfn_should_age, of a leaf's pages [gfnStart, gfnEnd): whether a clear is to age them, since any is selected. */
export function isAnySelected(m: Memory, vm: Vm, range: GfnRange, gfnStart: number, gfnEnd: number): boolean {
  const { bitmap, lastPage, pageOffset } = range;
  if (bitmap === 0 || !vm.rules.clearsOnlySelected) return true;
  for (let gfn = gfnStart; gfn < gfnEnd; gfn++) {
    if (testBitmapBit(m, bitmap, lastPage - (gfn + pageOffset))) return true;
  }
  return false;
}

/** kvm_gfn_record_young, of a leaf's pages [gfnStart, gfnEnd), in the bitmap that the call has. */
export function recordYoung(m: Memory, range: GfnRange, gfnStart: number, gfnEnd: number): void {
  const { bitmap, lastPage, pageOffset } = range;
  for (let gfn = gfnStart; gfn < gfnEnd; gfn++) setBitmapBit(m, bitmap, lastPage - (gfn + pageOffset));
}
