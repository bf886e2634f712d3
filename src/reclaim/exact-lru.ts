import { PageLists } from './page-lists.ts';
import { type Reclaimer, SWAP_CLUSTER_MAX } from './reclaimer.ts';

/** The one list, least recently accessed page last. */
const LIST = 0;

/** What no kernel can be: it sees each access, and evicts the pages whose last one is the longest ago. */
export class ExactLru implements Reclaimer {
  readonly #list: PageLists;

  constructor(pages: number) {
    this.#list = new PageLists(pages, 1);
  }

  faultedIn(page: number): void {
    this.#list.addHead(LIST, page);
  }

  accessed(page: number): void {
    this.#list.remove(page);
    this.#list.addHead(LIST, page);
  }

  /** There is nothing to find out. */
  age(): void {}

  reclaim(evict: (page: number) => void): void {
    for (let freed = 0; freed < SWAP_CLUSTER_MAX; freed++) {
      const page = this.#list.tail(LIST);
      if (page === undefined) return;
      this.#list.remove(page);
      evict(page);
    }
  }
}
