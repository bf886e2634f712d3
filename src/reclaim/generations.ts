import { PageLists } from './page-lists.ts';

/** Fewest generations that eviction leaves; with no more than these it has to wait for an aging pass. */
export const MIN_NR_GENS = 2;
/** Most generations there are. */
export const MAX_NR_GENS = 4;
/** MIN_LRU_BATCH: pages that eviction takes off the lists at a time. */
export const MIN_LRU_BATCH = 64;

/** The page is on no list: not resident, or isolated. */
const NO_GEN = -1;

/**
 * MGLRU's generations (struct lru_gen_folio, mm/vmscan.c of Linux 6.1) over pages of one kind, anonymous ones. A
 * generation is the number `seq % MAX_NR_GENS` in a page's flags, and a list. A promotion changes the number only; eviction
 * sorts the lists when it meets the page.
 */
export class Generations {
  readonly #lists: PageLists;
  readonly #gen: Int8Array;
  /** PG_referenced: found young while it was isolated. */
  readonly #referenced: Uint8Array;
  // lru_gen_init_lruvec.
  #minSeq = 0;
  #maxSeq = MIN_NR_GENS + 1;

  constructor(pages: number) {
    this.#lists = new PageLists(pages, MAX_NR_GENS);
    this.#gen = new Int8Array(pages).fill(NO_GEN);
    this.#referenced = new Uint8Array(pages);
  }

  get minSeq(): number {
    return this.#minSeq;
  }

  get maxSeq(): number {
    return this.#maxSeq;
  }

  /** get_nr_gens. */
  get nrGens(): number {
    return this.#maxSeq - this.#minSeq + 1;
  }

  /** The sequence number of the page's generation, undefined if it is on no list. */
  seqOf(page: number): number | undefined {
    const gen = this.#gen[page] as number;
    if (gen === NO_GEN) return undefined;
    const oldest = this.#minSeq;
    return oldest + ((gen - genFromSeq(oldest) + MAX_NR_GENS) % MAX_NR_GENS);
  }

  /** lru_gen_add_folio of an active page, as one is that was just faulted in, or that eviction has turned down. */
  add(page: number): void {
    const youngest = genFromSeq(this.#maxSeq);
    this.#gen[page] = youngest;
    this.#referenced[page] = 0;
    this.#lists.addHead(youngest, page);
  }

  /** folio_update_gen: the page was found young. Of one that is isolated, eviction is told by its flag. */
  promote(page: number): void {
    if (this.#gen[page] === NO_GEN) this.#referenced[page] = 1;
    else this.#gen[page] = genFromSeq(this.#maxSeq);
  }

  /** Whether the isolated page was found young since it was isolated. */
  isReferenced(page: number): boolean {
    return this.#referenced[page] === 1;
  }

  /** scan_folios and try_to_inc_min_seq: takes a batch off the oldest generation, its oldest pages first. */
  isolate(): number[] {
    const isolated: number[] = [];
    if (this.nrGens === MIN_NR_GENS) return isolated;
    const oldest = genFromSeq(this.#minSeq);
    while (isolated.length < MIN_LRU_BATCH) {
      const page = this.#lists.tail(oldest);
      if (page === undefined) break;
      this.#lists.remove(page);
      const gen = this.#gen[page] as number;
      if (gen === oldest) {
        this.#gen[page] = NO_GEN;
        isolated.push(page);
      } else {
        // sort_folio: it was promoted.
        this.#lists.addHead(gen, page);
      }
    }
    this.#tryIncMinSeq();
    return isolated;
  }

  /** inc_max_seq, at the end of an aging pass: what is found young or faulted in from now on is younger than all others. */
  incMaxSeq(): void {
    if (this.nrGens === MAX_NR_GENS) throw new Error('there are as many generations as there may be');
    this.#maxSeq++;
  }

  /** The oldest generations go when nothing is left on their lists, as long as there are more than the fewest. */
  #tryIncMinSeq(): void {
    while (this.nrGens > MIN_NR_GENS && this.#lists.tail(genFromSeq(this.#minSeq)) === undefined) this.#minSeq++;
  }
}

/** lru_gen_from_seq. */
function genFromSeq(seq: number): number {
  return seq % MAX_NR_GENS;
}
