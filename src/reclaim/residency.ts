import type { HotSetWorkload } from './hot-set-workload.ts';
import type { ReclaimFigures } from './reclaim-figures.ts';

/** Which pages are resident, and the count of how they came and went. */
export class Residency {
  resident = 0;
  accesses = 0;
  #hotRefaults = 0;
  #coldRefaults = 0;
  readonly #workload: HotSetWorkload;
  readonly #isResident: Uint8Array;
  /** By page: how often it was evicted. */
  readonly #evictions: Uint32Array;

  constructor(workload: HotSetWorkload, pages: number) {
    this.#workload = workload;
    this.#isResident = new Uint8Array(pages);
    this.#evictions = new Uint32Array(pages);
  }

  has(page: number): boolean {
    return this.#isResident[page] === 1;
  }

  /** A page that comes for the first time is no refault. */
  comes(page: number): void {
    this.#isResident[page] = 1;
    this.resident++;
    if (this.#evictions[page] === 0) return;
    if (this.#workload.isHot(page)) this.#hotRefaults++;
    else this.#coldRefaults++;
  }

  goes(page: number): void {
    this.#isResident[page] = 0;
    this.#evictions[page] = (this.#evictions[page] as number) + 1;
    this.resident--;
  }

  /** Evictions of the hot pages of which `isMeant` is true. */
  hotEvictions(isMeant: (page: number) => boolean): number {
    return this.#evictions.reduce(
      (sum, times, page) => (this.#workload.isHot(page) && isMeant(page) ? sum + times : sum),
      0,
    );
  }

  figures(): ReclaimFigures {
    let hotResident = 0;
    this.#isResident.forEach((isResident, page) => {
      if (isResident === 1 && this.#workload.isHot(page)) hotResident++;
    });
    return {
      accesses: this.accesses,
      evictions: this.#evictions.reduce((sum, times) => sum + times, 0),
      hotEvictions: this.hotEvictions(() => true),
      refaults: { hot: this.#hotRefaults, cold: this.#coldRefaults },
      hotResident: hotResident / this.#workload.hotPages,
    };
  }
}
