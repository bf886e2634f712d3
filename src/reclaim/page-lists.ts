const NONE = -1;

/** Doubly linked lists of pages (struct list_head), by number. A page is on one list at most. */
export class PageLists {
  readonly #pages: number;
  /** By page; behind the pages come the lists' heads. */
  readonly #next: Int32Array;
  readonly #prev: Int32Array;

  constructor(pages: number, lists: number) {
    this.#pages = pages;
    this.#next = new Int32Array(pages + lists).fill(NONE);
    this.#prev = new Int32Array(pages + lists).fill(NONE);
    for (let head = pages; head < pages + lists; head++) this.#link(head, head);
  }

  /** list_add. */
  addHead(list: number, page: number): void {
    if (this.#next[page] !== NONE) throw new Error(`page ${page} is on a list already`);
    const head = this.#pages + list;
    this.#link(page, this.#next[head] as number);
    this.#link(head, page);
  }

  /** list_del. */
  remove(page: number): void {
    this.#link(this.#prev[page] as number, this.#next[page] as number);
    this.#next[page] = NONE;
    this.#prev[page] = NONE;
  }

  /** lru_to_folio: the page at the list's tail, undefined if it is empty. */
  tail(list: number): number | undefined {
    const last = this.#prev[this.#pages + list] as number;
    return last < this.#pages ? last : undefined;
  }

  #link(prev: number, next: number): void {
    this.#next[prev] = next;
    this.#prev[next] = prev;
  }
}
