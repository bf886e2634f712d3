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
  clearsOnlyYoung: true,
  clearsOnlySelected: true,
  clearsBothMmus: true,
  agesTouchedHugeLeaf: true,
  testKeepsAccessed: true,
  faultSetsAccessed: true,
  prefetchKeepsOld: true,
  prefetches: true,
  prefetchSparesLoggedSlots: true,
  prefetchNeedsAccessedBit: true,
  prefetchNeedsWritableHostPage: true,
  readFaultMapsWritable: true,
  writableLeafIsDirty: true,
  fastPageFault: true,
  fastPageFaultRestoresAccessed: true,
  logsWritablePages: true,
  faultChecksInvalidation: 'under-lock',
  zapFlush: 'acknowledged',
  zapsRmaps: true,
  loggingForbidsHugePages: true,
  loggingProtects: true,
  loggingSplits: true,
  splitInheritsAccessed: true,
  logHandOutProtects: true,
  slotDeletionZapsAll: true,
  hugePagesNeedAlignment: true,
  roundsOutward: true,
  agesEverySlot: true,
  rmapLockRechecksEmpty: true,
  memslotSwapWaits: true,
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
    looksAtShadowPages: 'once-allocated',
    agingOrder: 'rmaps-first',
    rmapWalkAligned: true,
    agesInvalidRoots: true,
    clearFlushYoungFlushes: true,
    clearsAccessedBy: 'exchange-or-store',
    tracksAccessBy: 'exchange-or-store',
    tracksDirtyFirst: true,
    trackingHandsDirtOn: true,
    accessedMeans: 'not-tracked',
    hasSoftwareDirtyBit: false,
    rmapsHaveBitLock: false,
    atomicUpdate: 'spte_has_volatile_bits',
    protectsMaskedBy: 'exchange-or-store',
    zapBookkeeping: 'before-flush',
    tdpRootsTakeMmuLock: 'write',
    nonpresentSpte: 0,
    writeLossFlushes: 'writable',
    flushesClearedAccessedDirty: true,
    passesAccessedOn: true,
    marksHostPageDirty: 'when-lost',
    faultKeepsPresentLeaf: false,
    setsDirtyOverWritable: false,
    faultBelowHugeLeaf: 'zap',
    hasPrefault: false,
    prefaultGivesUpOnInvalidSlot: false,
    loggingEnds: 'zap',
    pageoutAges: true,
    lruAsksKvm: 'at-eviction',
    hugeZeroPageWritten: 'split',
  },
};

const mmuLock612: Variant = {
  name: 'mmu-lock-6.12',
  aliases: [],
  description: 'Linux 6.12: the same lock; single-bit atomics where the SPTE is volatile, splitting faults, prefault',
  rules: {
    ...mmuLock61.rules,
    clearsAccessedBy: 'fetch-and-or-store',
    trackingHandsDirtOn: false,
    protectsMaskedBy: 'fetch-and-or-store',
    zapBookkeeping: 'after-flush',
    tdpRootsTakeMmuLock: 'read',
    nonpresentSpte: NONPRESENT_MARKER,
    faultBelowHugeLeaf: 'split',
    hasPrefault: true,
    pageoutAges: false,
    lruAsksKvm: 'always',
  },
};

const lockless73: Variant = {
  name: 'lockless-7.3',
  aliases: ['lockless'],
  description:
    'Linux 6.15 and later: aging under RCU, SRCU and rmap bit locks; here it also fills and honours a bitmap',
  rules: {
    ...soundRules,
    agingTakesMmuLock: false,
    honoursBitmap: true,
    looksAtShadowPages: 'while-counted',
    agingOrder: 'tdp-first',
    rmapWalkAligned: false,
    agesInvalidRoots: false,
    clearFlushYoungFlushes: false,
    clearsAccessedBy: 'atomic-and',
    tracksAccessBy: 'compare-exchange',
    tracksDirtyFirst: false,
    trackingHandsDirtOn: false,
    accessedMeans: 'accessed-bit',
    hasSoftwareDirtyBit: true,
    rmapsHaveBitLock: true,
    atomicUpdate: 'spte_needs_atomic_update',
    protectsMaskedBy: 'fetch-and-or-store',
    zapBookkeeping: 'after-flush',
    tdpRootsTakeMmuLock: 'read',
    nonpresentSpte: NONPRESENT_MARKER,
    writeLossFlushes: 'mmu-writable',
    flushesClearedAccessedDirty: false,
    passesAccessedOn: false,
    marksHostPageDirty: 'when-created',
    faultKeepsPresentLeaf: true,
    setsDirtyOverWritable: true,
    faultBelowHugeLeaf: 'split',
    hasPrefault: true,
    prefaultGivesUpOnInvalidSlot: true,
    loggingEnds: 'collapse',
    pageoutAges: false,
    lruAsksKvm: 'always',
    hugeZeroPageWritten: 'replace',
  },
};

export const variants: readonly Variant[] = Object.freeze([mmuLock61, mmuLock612, lockless73]);

export function findVariant(name: string): Variant | undefined {
  return variants.find((variant) => variant.name === name || variant.aliases.includes(name));
}

/** Every name by which a variant can be called. */
export function variantNames(): readonly string[] {
  return variants.flatMap((variant) => [...variant.aliases, variant.name]);
}
