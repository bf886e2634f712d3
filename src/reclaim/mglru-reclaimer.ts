import type { AccessReports } from './access-reports.ts';
import { Generations, MAX_NR_GENS, MIN_NR_GENS } from './generations.ts';
import { OutOfMemory } from './out-of-memory.ts';
import type { MglruWork } from './reclaim-figures.ts';
import { type Reclaimer, SWAP_CLUSTER_MAX } from './reclaimer.ts';

/** DEF_PRIORITY: rounds after which reclaim gives up if it has freed nothing. */
const DEF_PRIORITY = 12;

/** MGLRU, as Linux 6.1 ages and evicts; which pages are young it learns from whom it is told to ask. */
export class MglruReclaimer implements Reclaimer {
  #agingPasses = 0;
  #checked = 0;
  #kept = 0;
  readonly #generations: Generations;
  readonly #reports: AccessReports;

  constructor(pages: number, reports: AccessReports) {
    this.#generations = new Generations(pages);
    this.#reports = reports;
  }

  faultedIn(page: number): void {
    this.#generations.add(page);
  }

  /** MGLRU is not told of accesses: it has to ask. */
  accessed(): void {}

  /** try_to_inc_max_seq, not forced: with as many generations as there may be, there is no pass. */
  age(): void {
    if (this.#generations.nrGens === MAX_NR_GENS) return;
    this.#reports.agingWalk(this.#promote);
    this.#generations.incMaxSeq();
    this.#agingPasses++;
  }

  /**
   * lru_gen_shrink_lruvec.
   *
   * @throws OutOfMemory if there is no page that could be evicted
   */
  reclaim(evict: (page: number) => void): void {
    let freed = 0;
    let passes = 0;
    while (freed < SWAP_CLUSTER_MAX) {
      if (this.#generations.nrGens > MIN_NR_GENS) {
        freed += this.#evictFolios(evict);
      } else if (passes++ < DEF_PRIORITY) {
        // should_run_aging: there are no cold pages left.
        this.age();
      } else if (freed > 0) {
        return;
      } else {
        throw new OutOfMemory(`after ${DEF_PRIORITY} aging passes no page could be evicted`);
      }
    }
  }

  /** What it has done so far. */
  work(): MglruWork {
    return { agingPasses: this.#agingPasses, checked: this.#checked, kept: this.#kept };
  }

  /** evict_folios: one batch. What is kept goes to the youngest generation when the batch is done. */
  #evictFolios(evict: (page: number) => void): number {
    const isolated = this.#generations.isolate();
    const kept: number[] = [];
    for (const page of isolated) {
      if (this.#isReferenced(page)) kept.push(page);
      else evict(page);
    }
    for (const page of kept) this.#generations.add(page);
    this.#kept += kept.length;
    return isolated.length - kept.length;
  }

  /** shrink_folio_list: a page that a neighbour's look-around has found young meanwhile is not asked about. */
  #isReferenced(page: number): boolean {
    if (this.#generations.isReferenced(page)) return true;
    this.#checked++;
    return this.#reports.checkReferences(page, this.#promote);
  }

  readonly #promote = (page: number): void => this.#generations.promote(page);
}
