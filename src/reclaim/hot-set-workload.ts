import type { Prng } from '../shared/prng.ts';
import { derivePrng } from '../shared/seed.ts';
import { hotPagesOf, type ReclaimConfig } from './reclaim-config.ts';

/** An access of the guest. */
export interface GuestAccess {
  readonly page: number;
  readonly write: boolean;
}

/**
 * A guest with a known hot set: a fraction of its pages, strewn over its memory, that gets a share of the accesses. Hot
 * pages are as likely as each other, and so are cold ones. The same seed yields the same accesses for everybody.
 */
export class HotSetWorkload {
  readonly hotPages: number;
  readonly #hot: Uint8Array;
  readonly #config: ReclaimConfig;
  /** All pages, hot ones first. */
  readonly #order: readonly number[];
  readonly #prng: Prng;

  constructor(config: ReclaimConfig) {
    this.#config = config;
    this.hotPages = hotPagesOf(config);
    this.#order = shuffledPages(config);
    this.#hot = new Uint8Array(config.pages);
    for (const page of this.#order.slice(0, this.hotPages)) this.#hot[page] = 1;
    this.#prng = derivePrng(config.seed, 'accesses');
  }

  isHot(page: number): boolean {
    return this.#hot[page] === 1;
  }

  next(): GuestAccess {
    const { hotAccesses, writes, pages } = this.#config;
    const hot = this.#prng.fraction() < hotAccesses;
    const rank = hot ? this.#prng.below(this.hotPages) : this.hotPages + this.#prng.below(pages - this.hotPages);
    return { page: this.#order[rank] as number, write: this.#prng.fraction() < writes };
  }
}

/** Fisher and Yates. */
function shuffledPages({ seed, pages }: ReclaimConfig): number[] {
  const prng = derivePrng(seed, 'hot set');
  const order = Array.from({ length: pages }, (_, page) => page);
  for (let last = pages - 1; last > 0; last--) {
    const other = prng.below(last + 1);
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  return order;
}
