import { InputError } from '../shared/input-error.ts';

/** Most pages that a trace may touch: 32 GiB of them. */
export const MAX_PAGES = 2 ** 23;

const CACHE_SLOTS = 1024;

/** Numbers pages in the order in which they are first touched. */
export class PageNumbering {
  readonly #numbers = new Map<number, number>();
  // Programs stay on few pages for long: most look-ups end here, and not in the map.
  readonly #cachedPages = new Float64Array(CACHE_SLOTS).fill(-1);
  readonly #cachedNumbers = new Int32Array(CACHE_SLOTS);
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get count(): number {
    return this.#numbers.size;
  }

  /** `page` is an address without its last twelve bits: up to 52 bits, which a number holds exactly. */
  numberOf(page: number): number {
    const slot = page & (CACHE_SLOTS - 1);
    if (this.#cachedPages[slot] === page) return this.#cachedNumbers[slot] as number;
    const number = this.#numbers.get(page) ?? this.#add(page);
    this.#cachedPages[slot] = page;
    this.#cachedNumbers[slot] = number;
    return number;
  }

  #add(page: number): number {
    const number = this.#numbers.size;
    if (number >= this.#limit) throw new InputError(`more than ${this.#limit} pages; expected at most as many`);
    this.#numbers.set(page, number);
    return number;
  }
}
