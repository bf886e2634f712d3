import { backingBits, MMU_PRESENT, type SpteLayout, WRITABLE } from '../../../src/shared/spte.ts';

/** A writable, dirty 4K leaf on a machine with A/D bits, put together bit by bit. */
export function makeWritableSpte(layout: SpteLayout, version: number, accessed: boolean): number {
  const { readExecute, dirty, hostWritable, mmuWritable } = layout;
  const always = readExecute | WRITABLE | MMU_PRESENT | dirty | hostWritable | mmuWritable;
  return always | (accessed ? layout.accessed : 0) | backingBits(version);
}
