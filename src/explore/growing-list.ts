import { grown } from './row-table.ts';

/** A list of integers that grows by doubling. */
export class GrowingList {
  items = new Int32Array(16);
  length = 0;

  push(item: number): void {
    if (this.length === this.items.length) this.items = grown(this.items, 2 * this.length);
    this.items[this.length++] = item;
  }

  reserve(length: number): void {
    if (length > this.items.length) this.items = grown(this.items, Math.max(length, 2 * this.items.length));
  }

  at(index: number): number {
    return this.items[index] as number;
  }
}
