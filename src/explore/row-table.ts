/** Slots may fill up to 5 in 8 before the index doubles. */
const LOAD_NUMERATOR = 5;
const LOAD_DENOMINATOR = 8;
const INITIAL_SLOTS = 16;
const MULTIPLIER = 0x9e3779b1;

/**
 * An exact set of equally long integer rows, numbered in order of arrival. Whole rows are stored and compared, so two
 * different states are never taken for one. The fields are public because the search loops read them directly.
 */
export class RowTable {
  stride: number;
  /** Row `i` is `rows[i * stride … (i + 1) * stride - 1]`. */
  rows: Int32Array;
  count = 0;
  /** Pairs (hash, row + 1); a row of 0 is a free slot. */
  slots: Int32Array;
  /** Number of slots - 1. */
  mask: number;
  /** Count at which the index must grow. */
  limit: number;
  /** Whether the last `intern` has added its row. */
  added = false;

  constructor(stride: number) {
    this.stride = stride;
    this.rows = new Int32Array(stride * INITIAL_SLOTS);
    this.slots = new Int32Array(2 * INITIAL_SLOTS);
    this.mask = INITIAL_SLOTS - 1;
    this.limit = (INITIAL_SLOTS * LOAD_NUMERATOR) / LOAD_DENOMINATOR;
  }

  /** The number of the row in `from`, which is added if it is new. */
  intern(from: Int32Array): number {
    const { stride } = this;
    let sum = 0;
    for (let i = 0; i < stride; i++) sum = (sum + Math.imul(from[i] as number, rowFactor(i))) | 0;
    const hash = finishHash(sum);
    const { slots, mask, rows } = this;
    let slot = hash & mask;
    for (;;) {
      const entry = slots[2 * slot + 1] as number;
      if (entry === 0) break;
      if (slots[2 * slot] === hash) {
        const base = (entry - 1) * stride;
        let i = 0;
        while (i < stride && rows[base + i] === from[i]) i++;
        if (i === stride) {
          this.added = false;
          return entry - 1;
        }
      }
      slot = (slot + 1) & mask;
    }
    this.added = true;
    return this.append(from, hash, slot);
  }

  /** The number of the row in `from`, or -1. */
  find(from: Int32Array): number {
    const { stride, slots, mask, rows } = this;
    let sum = 0;
    for (let i = 0; i < stride; i++) sum = (sum + Math.imul(from[i] as number, rowFactor(i))) | 0;
    const hash = finishHash(sum);
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[2 * slot + 1] as number;
      if (entry === 0) return -1;
      if (slots[2 * slot] !== hash) continue;
      const base = (entry - 1) * stride;
      let i = 0;
      while (i < stride && rows[base + i] === from[i]) i++;
      if (i === stride) return entry - 1;
    }
  }

  /** Adds a row known to be new at the free slot that its search has ended at. */
  append(from: Int32Array, hash: number, slot: number): number {
    const { stride } = this;
    const row = this.count++;
    const base = row * stride;
    if (base + stride > this.rows.length) this.#growRows(this.count);
    const { rows } = this;
    for (let i = 0; i < stride; i++) rows[base + i] = from[i] as number;
    this.slots[2 * slot] = hash;
    this.slots[2 * slot + 1] = row + 1;
    if (this.count >= this.limit) this.#growIndex();
    return row;
  }

  /** How many rows fit without growing anything. */
  get capacity(): number {
    return Math.min(this.limit - 1, this.rows.length / this.stride);
  }

  /** Makes room, so that the caller may add up to this many rows by itself (`rows`, `slots` and `count`). */
  reserve(count: number): void {
    while (this.limit <= count) this.#growIndex();
    if (count * this.stride > this.rows.length) this.#growRows(count);
  }

  /** Makes room for more columns, which are 0 in the rows so far. A row's number and hash stay what they were. */
  widen(stride: number): void {
    const narrow = this.stride;
    const rows = new Int32Array((this.rows.length / narrow) * stride);
    for (let row = 0; row < this.count; row++) {
      for (let i = 0; i < narrow; i++) rows[row * stride + i] = this.rows[row * narrow + i] as number;
    }
    this.rows = rows;
    this.stride = stride;
  }

  /** Bytes held: what a memory budget counts. */
  get bytes(): number {
    return this.count * this.stride * 4 + this.slots.byteLength;
  }

  #growRows(count: number): void {
    const rows = Math.max(count, nextCapacity(this.rows.length / this.stride));
    this.rows = grown(this.rows, rows * this.stride);
  }

  #growIndex(): void {
    const { slots: old } = this;
    const size = nextCapacity(old.length / 2);
    const mask = size - 1;
    const slots = new Int32Array(2 * size);
    for (let i = 0; i < old.length; i += 2) {
      const entry = old[i + 1] as number;
      if (entry === 0) continue;
      const hash = old[i] as number;
      let slot = hash & mask;
      while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
      slots[2 * slot] = hash;
      slots[2 * slot + 1] = entry;
    }
    this.slots = slots;
    this.mask = mask;
    this.limit = Math.floor((size * LOAD_NUMERATOR) / LOAD_DENOMINATOR);
  }
}

/** The odd factor of a column in a row's hash, which is a sum, so that a step needs to add only what it changed. */
export function rowFactor(column: number): number {
  const mixed = Math.imul(column + 1, MULTIPLIER);
  return Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) | 1;
}

/** Spreads the sum of a row over the bits that select a slot. */
export function finishHash(sum: number): number {
  const mixed = Math.imul(sum ^ (sum >>> 16), 0x45d9f3b);
  return mixed ^ (mixed >>> 15);
}

/** Up to here capacities grow fourfold. */
const MANY = 1 << 20;

/**
 * The capacity behind this one. Fresh typed arrays cost no memory until they are touched, so growing in large strides
 * saves copying and wastes little but addresses.
 */
export function nextCapacity(capacity: number): number {
  return capacity < MANY ? 4 * capacity : 2 * capacity;
}

/** The same, of bytes. */
export function grownBytes(array: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(length);
  copy.set(array);
  return copy;
}

/** A longer copy. Untouched pages of a fresh typed array cost no memory, so doubling is cheap. */
export function grown(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(length);
  copy.set(array);
  return copy;
}
