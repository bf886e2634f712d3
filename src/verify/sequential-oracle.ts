import { GhostEvent } from '../shared/ghost-event.ts';
import type { GhostSink } from '../shared/ghost-sink.ts';
import type { ReasonId } from '../shared/property.ts';
import { EPT, isLargeLeaf, isShadowPresent, LEGACY } from '../shared/spte.ts';

/** What an aging call said wrong of a page. Without a reason it is forbidden, with one it is tolerated. */
export interface SequentialFinding {
  readonly property: 'access-lost' | 'access-misreported';
  readonly page: number;
  readonly reason: ReasonId | null;
}

/** What aging takes away, of whichever format: an Accessed bit, or what marking for access tracking clears. */
const TELLS_ACCESS = EPT.accessed | LEGACY.accessed | EPT.readExecute;

/** What the flag of a page says. */
const OLD = 0;
const ACCESSED = 1;
/** A clear of other pages found and cleared a 2M leaf of this one; another of its SPTEs may still be young. */
const EITHER = 2;

/**
 * The sticky flag of each page, for runs in which one thing happens after another: an access sets it; a clear that reports
 * the page resets it. A call that covers the page must say young if it is set, and old if it is not. A clear that
 * reports one page of a 2M leaf has told of all of them, since the host maps them by one entry, too: of the others both
 * answers are right from then on.
 */
export class SequentialOracle implements GhostSink {
  readonly #accessed: Uint8Array;
  /** The SPTE that the last access went through. */
  readonly #through: Int32Array;
  /** Why the flag may be lost, or show although it is not set. */
  readonly #lossExcuse: (ReasonId | null)[];
  readonly #falseYoungExcuse: (ReasonId | null)[];
  /** What the call under way found young, by page: the SPTE. */
  readonly #found = new Map<number, number>();
  #inCall = false;
  readonly #pagesPerLeaf: number;

  constructor(pages: number, pagesPerLargeLeaf: number) {
    this.#accessed = new Uint8Array(pages);
    this.#through = new Int32Array(pages);
    this.#lossExcuse = new Array(pages).fill(null);
    this.#falseYoungExcuse = new Array(pages).fill(null);
    this.#pagesPerLeaf = pagesPerLargeLeaf;
  }

  note(event: number, page: number, value: number): void {
    switch (event) {
      case GhostEvent.accessEnd:
        this.#accessed[page] = ACCESSED;
        this.#through[page] = value;
        this.#lossExcuse[page] = null;
        break;
      case GhostEvent.tlbHit:
        if (this.#accessed[page] === OLD) this.#lossExcuse[page] = 'tlb-hit';
        this.#accessed[page] = ACCESSED;
        this.#through[page] = value;
        break;
      case GhostEvent.testedYoung:
        this.#found.set(page, value);
        break;
      case GhostEvent.clearedYoung:
        // A clear that nobody judges is the host's own, which has been told: MADV_PAGEOUT before it decides.
        if (this.#inCall) this.#found.set(page, value);
        else this.#reset(page);
        break;
      case GhostEvent.zapEnd:
        // An SPTE that did not tell of the access, as that did which it went through, takes nothing along.
        if (isShadowPresent(value) && ((this.#through[page] as number) & ~value & TELLS_ACCESS) === 0) {
          this.#lossExcuse[page] ??= 'zapped';
        }
        break;
      case GhostEvent.prefaultRewrote:
        this.#lossExcuse[page] ??= 'prefault-rewrites';
        break;
      case GhostEvent.leafSplit:
        this.#excuseLeaf(page, this.#falseYoungExcuse, 'split-inherits');
        break;
      case GhostEvent.leafCollapsed:
        this.#excuseLeaf(page, this.#lossExcuse, 'collapse-first-child');
        this.#excuseLeaf(page, this.#falseYoungExcuse, 'collapse-first-child');
        break;
    }
  }

  beginCall(): void {
    this.#inCall = true;
    this.#found.clear();
  }

  /**
   * Judges the call that began last.
   *
   * @param first the first page that it covered, and `end` the page behind
   * @param young what it answered
   */
  endCall(first: number, end: number, clears: boolean, young: boolean): SequentialFinding[] {
    this.#inCall = false;
    const findings: SequentialFinding[] = [];
    for (let page = first; page < end; page++) {
      const reported = young && this.#found.has(page);
      const flag = this.#accessed[page];
      if (flag === ACCESSED && !reported) findings.push(this.#lost(page));
      if (flag === OLD && reported) findings.push(this.#misreported(page));
      if (flag === EITHER && !reported) this.#reset(page);
    }
    if (!clears || !young) return findings;
    for (const page of this.#found.keys()) {
      if (page >= first && page < end) this.#reset(page);
      else if (this.#accessed[page] === ACCESSED) this.#accessed[page] = EITHER;
    }
    return findings;
  }

  #lost(page: number): SequentialFinding {
    const reason = this.#lossExcuse[page] ?? null;
    // What was excused once is over; what was not stays, since the SPTE may still say so to the next call.
    if (reason !== null) this.#reset(page);
    return { property: 'access-lost', page, reason };
  }

  #misreported(page: number): SequentialFinding {
    const excuse = this.#falseYoungExcuse[page] ?? null;
    const large = isLargeLeaf(this.#found.get(page) as number);
    return { property: 'access-misreported', page, reason: excuse ?? (large ? 'huge-granularity' : null) };
  }

  #reset(page: number): void {
    this.#accessed[page] = OLD;
    this.#lossExcuse[page] = null;
    this.#falseYoungExcuse[page] = null;
  }

  #excuseLeaf(page: number, excuses: (ReasonId | null)[], reason: ReasonId): void {
    for (let i = page; i < page + this.#pagesPerLeaf; i++) excuses[i] ??= reason;
  }
}
