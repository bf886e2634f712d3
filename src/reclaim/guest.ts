import { lruAgingWalk, lruCheckReferences } from '../lru/mglru.ts';
import { guestAccess } from '../mmu/access.ts';
import type { Rules } from '../mmu/rules.ts';
import { dontNeed, hostTouch } from '../notifier/host-memory.ts';
import type { AccessReports } from './access-reports.ts';
import { CallCounter } from './call-counter.ts';
import { type GuestKind, modeOf } from './guest-kind.ts';
import { createReclaimMachine, HOST, type ReclaimMachine, VCPU } from './reclaim-machine.ts';

/** A guest in the model, whose memory the host takes away and brings back, and which it asks about accesses. */
export class Guest implements AccessReports {
  /** Evictions of pages of which an access had been reported by no call. */
  misreported = 0;
  /** Reports of pages as young that had not been accessed since they were last reported. */
  staleYoung = 0;
  readonly machine: ReclaimMachine;
  readonly #counter = new CallCounter();
  readonly #kind: GuestKind;
  /** By page: it was accessed since a call last reported it young. */
  readonly #unreported: Uint8Array;

  constructor(rules: Rules, pages: number, kind: GuestKind) {
    this.machine = createReclaimMachine(rules, pages, kind !== 'l1', this.#counter);
    this.#kind = kind;
    this.#unreported = new Uint8Array(pages);
  }

  /** Aging calls of the notifier. */
  get agingCalls(): number {
    return this.#counter.calls;
  }

  access(page: number, write: boolean): void {
    const { m, vm } = this.machine;
    guestAccess(m, vm, VCPU, page, page, write, modeOf(this.#kind, page, vm.pages));
    this.#unreported[page] = 1;
  }

  /**
   * do_swap_page: the page is there again, private and writable; the guest's fault that asked for it still has to map it.
   * Here the host does it just in front of the access, since to a fault of the model an absent page is an empty one.
   */
  swapIn(page: number): void {
    const { m, vm } = this.machine;
    hostTouch(m, vm, HOST, page, true);
  }

  /** try_to_unmap: between the start and the end of an invalidation the host's entry goes, too. */
  evict(page: number): void {
    const { m, vm } = this.machine;
    dontNeed(m, vm, HOST, page, page + 1);
    this.misreported += this.#unreported[page] as number;
    this.#unreported[page] = 0;
  }

  agingWalk(promote: (page: number) => void): void {
    const { m, vm, young, batch } = this.machine;
    lruAgingWalk(m, vm, HOST, 0, vm.pages, young, batch);
    this.#takeYoung(promote);
  }

  checkReferences(page: number, promote: (page: number) => void): boolean {
    const { m, vm, young, batch } = this.machine;
    const referenced = lruCheckReferences(m, vm, HOST, page, young, batch);
    if (referenced) this.#takeYoung(promote);
    return referenced;
  }

  /** Reads the pages that a call has marked, and clears the marks for the next. */
  #takeYoung(promote: (page: number) => void): void {
    const { m, vm, young } = this.machine;
    const last = vm.pages - 1;
    for (let word = 0; word * 32 <= last; word++) {
      let bits = m.loadOwn(young + word);
      m.storeOwn(young + word, 0);
      while (bits !== 0) {
        const bit = 31 - Math.clz32(bits);
        bits &= ~(1 << bit);
        const page = last - (word * 32 + bit);
        if (this.#unreported[page] === 0) this.staleYoung++;
        this.#unreported[page] = 0;
        promote(page);
      }
    }
  }
}
