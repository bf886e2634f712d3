/** How long ago pages were last reported young, over the time of a run. Plain data: it crosses thread boundaries. */
export interface PageAgeMap {
  readonly pages: number;
  /** Neighbouring pages that share a figure; the last bin may have fewer. */
  readonly pagesPerBin: number;
  /** Milliseconds since the run began, ascending. */
  readonly momentsMs: readonly number[];
  /** For each moment, the mean age of each bin's pages in milliseconds. A page never reported is as old as the run. */
  readonly agesMs: readonly (readonly number[])[];
}

export const MAX_BINS = 96;
export const MAX_MOMENTS = 120;

const LEAST_INTERVAL_MS = 1;
/** A look at all pages takes some 2 ns a page: with this it takes about a hundredth of the time between two looks. */
const INTERVAL_MS_PER_PAGE = 0.0002;

/**
 * Remembers when the aging thread last reported each page young, and looks at the ages of all pages now and then: at
 * intervals that double whenever there are too many moments, so that a run of any length has a bounded number.
 */
export class PageAges {
  readonly #pages: number;
  readonly #pagesPerBin: number;
  readonly #bins: number;
  /** Milliseconds since the beginning; 0: never. */
  readonly #lastYoung: Float32Array;
  #began = 0;
  #interval: number;
  #next: number;
  #moments: number[] = [];
  #ages: number[][] = [];

  constructor(pages: number) {
    this.#pages = pages;
    this.#pagesPerBin = Math.ceil(pages / MAX_BINS);
    this.#bins = Math.ceil(pages / this.#pagesPerBin);
    this.#lastYoung = new Float32Array(pages);
    this.#interval = Math.max(LEAST_INTERVAL_MS, pages * INTERVAL_MS_PER_PAGE);
    this.#next = this.#interval;
  }

  /** Times are nanoseconds since any fixed moment, here and below. */
  begin(ns: number): void {
    this.#began = ns;
  }

  reportedYoung(page: number, ns: number): void {
    this.#lastYoung[page] = (ns - this.#began) / 1e6;
  }

  /** Looks at all pages if it is time to. */
  look(ns: number): void {
    const ms = (ns - this.#began) / 1e6;
    if (ms < this.#next) return;
    this.#moments.push(rounded(ms));
    this.#ages.push(Array.from({ length: this.#bins }, (_, bin) => rounded(this.#meanAge(bin, ms))));
    if (this.#moments.length === MAX_MOMENTS) this.#thin();
    this.#next = ms + this.#interval;
  }

  map(): PageAgeMap {
    return { pages: this.#pages, pagesPerBin: this.#pagesPerBin, momentsMs: this.#moments, agesMs: this.#ages };
  }

  #meanAge(bin: number, ms: number): number {
    const first = bin * this.#pagesPerBin;
    const end = Math.min(first + this.#pagesPerBin, this.#pages);
    let sum = 0;
    for (let page = first; page < end; page++) sum += this.#lastYoung[page] as number;
    return Math.max(0, ms - sum / (end - first));
  }

  #thin(): void {
    this.#moments = this.#moments.filter((_, index) => index % 2 === 1);
    this.#ages = this.#ages.filter((_, index) => index % 2 === 1);
    this.#interval *= 2;
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
