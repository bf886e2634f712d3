import type { Rules } from '../mmu/rules.ts';
import type { PropertyId } from '../shared/property.ts';

/** A variant with one rule broken, and the property that it must violate. */
export interface Mutant {
  readonly name: string;
  readonly description: string;
  readonly breaks: Partial<Rules>;
  readonly violates: PropertyId;
  /** Variants (by name) on which a stress run shows the violation. */
  readonly shownOn: readonly string[];
  /** Settings of a stress run that make its race likelier than the defaults do. */
  readonly settings?: { readonly pages?: number; readonly invalidateRate?: number };
}

const BOTH = ['mmu-lock-6.1', 'lockless-7.3'];
const LOCKLESS = ['lockless-7.3'];

export const mutants: readonly Mutant[] = Object.freeze([
  {
    name: 'clear-by-store',
    description: 'aging clears Accessed by a load and a store, and may bring back an entry that was zapped in between',
    breaks: { clearsAccessedBy: 'load-and-store' },
    violates: 'use-after-invalidate',
    shownOn: LOCKLESS,
    settings: { pages: 256, invalidateRate: 4000 },
  },
  {
    name: 'clear-untested',
    description: 'aging clears Accessed also where its test found it clear: an access in between is lost',
    breaks: { clearsOnlyYoung: false },
    violates: 'access-lost',
    shownOn: BOTH,
  },
  {
    name: 'clear-unselected',
    description: 'a clear through a bitmap also clears pages that it does not select',
    breaks: { clearsOnlySelected: false },
    violates: 'access-lost',
    shownOn: LOCKLESS,
  },
  {
    name: 'no-flush',
    description: 'an invalidation zaps, but flushes no TLB',
    breaks: { zapFlush: 'none' },
    violates: 'use-after-invalidate',
    shownOn: BOTH,
  },
  {
    name: 'flush-without-ack',
    description: 'an invalidation requests TLB flushes, but does not wait until vCPUs have left the guest',
    breaks: { zapFlush: 'requested' },
    violates: 'use-after-invalidate',
    shownOn: BOTH,
  },
  {
    name: 'fault-ignores-invalidation',
    description: 'a fault maps what it looked up, although an invalidation has begun since',
    breaks: { faultChecksInvalidation: 'never' },
    violates: 'use-after-invalidate',
    shownOn: BOTH,
  },
  {
    name: 'fault-checks-before-lock',
    description: 'a fault looks for invalidations before it takes mmu_lock, not while it holds it',
    breaks: { faultChecksInvalidation: 'before-lock' },
    violates: 'use-after-invalidate',
    shownOn: BOTH,
  },
  {
    name: 'round-inward',
    description: 'a byte range that ends inside a page does not cover that page',
    breaks: { roundsOutward: false },
    violates: 'access-lost',
    shownOn: BOTH,
  },
  {
    name: 'first-slot-only',
    description: 'an aging call stops after the first memslot that its range meets (calls of one page meet only one)',
    breaks: { agesEverySlot: false },
    violates: 'access-lost',
    shownOn: LOCKLESS,
  },
  {
    name: 'recycle-early',
    description: 'an unlinked table is handed out again without waiting for its grace period',
    breaks: { recyclesAfterGracePeriod: false },
    violates: 'use-after-free',
    shownOn: LOCKLESS,
  },
  {
    name: 'fault-without-accessed',
    description: 'a fault maps its page with Accessed clear; the walk that follows sets it',
    breaks: { faultSetsAccessed: false },
    violates: 'access-lost',
    shownOn: ['mmu-lock-6.1'],
  },
]);

export function findMutant(name: string): Mutant | undefined {
  return mutants.find((mutant) => mutant.name === name);
}
