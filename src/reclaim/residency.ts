import type { HotSetWorkload } from './hot-set-workload.ts';
import type { ReclaimFigures } from './reclaim-figures.ts';

/** Which pages are resident, and the count of how they came and went. */
export class Residency {
  resident = 0;
  accesses = 0;
  #evictions = 0;
  #hotEvictions = 0;
  #hotRefaults = 0;
  #coldRefaults = 0;
  readonly #workload: HotSetWorkload;
  readonly #isResident: Uint8Array;
  readonly #wasEvicted: Uint8Array;

  constructor(workload: HotSetWorkload, pages: number) {
    this.#workload = workload;
    this.#isResident = new Uint8Array(pages);
    this.#wasEvicted = new Uint8Array(pages);
  }

  has(page: number): boolean {
    return this.#isResident[page] === 1;
  }

  /** A page that comes for the first time is no refault. */
  comes(page: number): void {
    this.#isResident[page] = 1;
    this.resident++;
    if (this.#wasEvicted[page] === 0) return;
    if (this.#workload.isHot(page)) this.#hotRefaults++;
    else this.#coldRefaults++;
  }

  goes(page: number): void {
    this.#isResident[page] = 0;
    this.#wasEvicted[page] = 1;
    this.resident--;
    this.#evictions++;
    if (this.#workload.isHot(page)) this.#hotEvictions++;
  }

  figures(): ReclaimFigures {
    let hotResident = 0;
    this.#isResident.forEach((isResident, page) => {
      if (isResident === 1 && this.#workload.isHot(page)) hotResident++;
    });
    return {
      accesses: this.accesses,
      evictions: this.#evictions,
      hotEvictions: this.#hotEvictions,
      refaults: { hot: this.#hotRefaults, cold: this.#coldRefaults },
      hotResident: hotResident / this.#workload.hotPages,
    };
  }
}
