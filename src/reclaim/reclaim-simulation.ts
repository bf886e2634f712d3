import type { Guest } from './guest.ts';
import { HotSetWorkload } from './hot-set-workload.ts';
import type { ReclaimConfig } from './reclaim-config.ts';
import type { ReclaimFigures } from './reclaim-figures.ts';
import type { Reclaimer } from './reclaimer.ts';
import { Residency } from './residency.ts';

/** What accesses and evictions do to the guest, where there is one. */
export type GuestMemory = Pick<Guest, 'access' | 'swapIn' | 'evict'>;

/** For reclaimers that ask no guest: nobody needs one to make the accesses. */
export const noGuestMemory: GuestMemory = { access(): void {}, swapIn(): void {}, evict(): void {} };

/** A workload on a host with a memory limit, round by round. */
export class ReclaimSimulation {
  #round = 0;
  readonly #config: ReclaimConfig;
  readonly #workload: HotSetWorkload;
  readonly #residency: Residency;
  readonly #reclaimer: Reclaimer;
  readonly #memory: GuestMemory;

  constructor(config: ReclaimConfig, reclaimer: Reclaimer, memory: GuestMemory) {
    this.#config = config;
    this.#workload = new HotSetWorkload(config);
    this.#residency = new Residency(this.#workload, config.pages);
    this.#reclaimer = reclaimer;
    this.#memory = memory;
  }

  /** Where it is: the round, and its accesses so far, that which goes on included. */
  get position(): { readonly round: number; readonly access: number } {
    return { round: this.#round, access: this.#residency.accesses - (this.#round - 1) * this.#config.accesses };
  }

  /** The accesses of a round, and an aging pass. */
  runRound(): void {
    this.#round++;
    for (let i = 0; i < this.#config.accesses; i++) this.#access();
    this.#reclaimer.age();
  }

  figures(): ReclaimFigures {
    return this.#residency.figures();
  }

  /** Evictions of the hot pages of which `isMeant` is true. */
  hotEvictions(isMeant: (page: number) => boolean): number {
    return this.#residency.hotEvictions(isMeant);
  }

  #access(): void {
    const { page, write } = this.#workload.next();
    this.#residency.accesses++;
    if (!this.#residency.has(page)) this.#faultIn(page);
    this.#memory.access(page, write);
    this.#reclaimer.accessed(page);
  }

  /** Charged against the limit first (try_charge), then brought in. */
  #faultIn(page: number): void {
    if (this.#residency.resident === this.#config.limit) this.#reclaimer.reclaim(this.#evict);
    this.#memory.swapIn(page);
    this.#residency.comes(page);
    this.#reclaimer.faultedIn(page);
  }

  readonly #evict = (page: number): void => {
    this.#memory.evict(page);
    this.#residency.goes(page);
  };
}
