import { GrowingList } from './growing-list.ts';

/**
 * A bucket queue for costs (preemptions, switches, steps) in lexicographic order, for searches in which a step adds
 * (0, 0, 1), (0, 1, 1) or (1, 1, 1). Entries of equal cost leave in the order in which they came.
 */
export class CostQueue {
  /** `#waiting[p][s]`: pairs (key, steps) for costs still ahead. */
  readonly #waiting: GrowingList[][] = [];
  #preemptions = 0;
  #switches = 0;
  /** The bucket being worked off, sorted by steps, and what was added to it since: both in order of steps. */
  #sorted: GrowingList = new GrowingList();
  #sortedAt = 0;
  #added: GrowingList = new GrowingList();
  #addedAt = 0;

  /** Cost of the entry that `pop` has returned last. */
  preemptions = 0;
  switches = 0;
  steps = 0;

  push(key: number, preemptions: number, switches: number, steps: number): void {
    if (preemptions === this.#preemptions && switches === this.#switches) {
      this.#added.push(key);
      this.#added.push(steps);
      return;
    }
    this.#waiting[preemptions] ??= [];
    const row = this.#waiting[preemptions] as GrowingList[];
    row[switches] ??= new GrowingList();
    const bucket = row[switches] as GrowingList;
    bucket.push(key);
    bucket.push(steps);
  }

  /** The key of a cheapest entry, or -1. */
  pop(): number {
    for (;;) {
      const hasSorted = this.#sortedAt < this.#sorted.length;
      const hasAdded = this.#addedAt < this.#added.length;
      if (!hasSorted && !hasAdded) {
        if (!this.#advance()) return -1;
        continue;
      }
      const fromSorted =
        hasSorted && (!hasAdded || this.#sorted.at(this.#sortedAt + 1) <= this.#added.at(this.#addedAt + 1));
      this.preemptions = this.#preemptions;
      this.switches = this.#switches;
      if (fromSorted) {
        this.steps = this.#sorted.at(this.#sortedAt + 1);
        this.#sortedAt += 2;
        return this.#sorted.at(this.#sortedAt - 2);
      }
      this.steps = this.#added.at(this.#addedAt + 1);
      this.#addedAt += 2;
      return this.#added.at(this.#addedAt - 2);
    }
  }

  /** Whether `pop` has come to the end. */
  get isEmpty(): boolean {
    return this.#preemptions >= this.#waiting.length && this.#addedAt >= this.#added.length;
  }

  /** Goes on to the next bucket that is not empty. */
  #advance(): boolean {
    this.#added = new GrowingList();
    this.#addedAt = 0;
    for (; this.#preemptions < this.#waiting.length; this.#preemptions++, this.#switches = -1) {
      const row = this.#waiting[this.#preemptions] ?? [];
      for (this.#switches++; this.#switches < row.length; this.#switches++) {
        const bucket = row[this.#switches];
        if (bucket === undefined) continue;
        delete row[this.#switches];
        this.#sorted = sortedBySteps(bucket);
        this.#sortedAt = 0;
        return true;
      }
    }
    return false;
  }
}

function sortedBySteps(bucket: GrowingList): GrowingList {
  const pairs: [number, number][] = [];
  for (let i = 0; i < bucket.length; i += 2) pairs.push([bucket.at(i), bucket.at(i + 1)]);
  // Array.sort is stable: entries of equal cost keep their order.
  pairs.sort(([, left], [, right]) => left - right);
  const sorted = new GrowingList();
  for (const [key, steps] of pairs) {
    sorted.push(key);
    sorted.push(steps);
  }
  return sorted;
}
