import type { Rules } from '../mmu/rules.ts';
import { NONPRESENT_MARKER } from '../shared/spte.ts';

/** A named rule set: what one kernel, or one proposal, does. */
export interface Variant {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly description: string;
  readonly rules: Rules;
}

/** What every kernel does and only mutants break. */
const soundRules = {
  clearsAccessedBy: 'atomic-and',
  clearsOnlyYoung: true,
  clearsOnlySelected: true,
  faultSetsAccessed: true,
  faultChecksInvalidation: 'under-lock',
  zapFlush: 'acknowledged',
  roundsOutward: true,
  agesEverySlot: true,
  recyclesAfterGracePeriod: true,
} as const satisfies Partial<Rules>;

const mmuLock61: Variant = {
  name: 'mmu-lock-6.1',
  aliases: ['mmu-lock'],
  description: 'Linux 6.1, before the series: every aging call takes mmu_lock for write; none knows a bitmap',
  rules: {
    ...soundRules,
    agingTakesMmuLock: true,
    honoursBitmap: false,
    agesInvalidRoots: true,
    clearFlushYoungFlushes: true,
    atomicUpdate: 'spte_has_volatile_bits',
    nonpresentSpte: 0,
    faultKeepsPresentLeaf: false,
  },
};

const lockless73: Variant = {
  name: 'lockless-7.3',
  aliases: ['lockless'],
  description: 'Linux 6.15 and later: aging under RCU and SRCU only; here it also fills and honours a bitmap',
  rules: {
    ...soundRules,
    agingTakesMmuLock: false,
    honoursBitmap: true,
    agesInvalidRoots: false,
    clearFlushYoungFlushes: false,
    atomicUpdate: 'spte_needs_atomic_update',
    nonpresentSpte: NONPRESENT_MARKER,
    faultKeepsPresentLeaf: true,
  },
};

export const variants: readonly Variant[] = Object.freeze([mmuLock61, lockless73]);

export function findVariant(name: string): Variant | undefined {
  return variants.find((variant) => variant.name === name || variant.aliases.includes(name));
}

/** Every name by which a variant can be called. */
export function variantNames(): readonly string[] {
  return variants.flatMap((variant) => [...variant.aliases, variant.name]);
}
