import type { Rules } from '../mmu/rules.ts';
import { NONPRESENT_MARKER } from '../shared/spte.ts';
import type { Variant } from './variant.ts';

type RuleName = keyof Rules;

/** What each rule can be, for any kernel, proposal or mutant. */
export const ruleValues: { readonly [Name in RuleName]: readonly Rules[Name][] } = {
  agingTakesMmuLock: [true, false],
  honoursBitmap: [true, false],
  fastPass: ['none', 'accessed-bits', 'accessed-bits-no-rmaps', 'read-lock'],
  fastPassAtRmaps: ['give-up', 'give-up-behind-tdp', 'walk-without-bitmap', 'write-lock-without-bitmap'],
  keepsFastYoung: [true, false],
  answersFast: [true, false],
  slowPassHasMetadata: [true, false],
  hugeLeafInBitmap: ['each-page', 'first-gfn'],
  unselectedCountsAsYoung: [true, false],
  rcuSpans: ['all-roots', 'one-root'],
  rootsGuardedBy: ['mmu-lock', 'rcu'],
  looksAtShadowPages: ['once-allocated', 'while-counted'],
  agingOrder: ['rmaps-first', 'tdp-first'],
  rmapWalkAligned: [true, false],
  agesInvalidRoots: [true, false],
  clearFlushYoungFlushes: [true, false],
  clearsAccessedBy: ['exchange-or-store', 'fetch-and-or-store', 'atomic-and', 'load-and-store'],
  tracksAccessBy: ['exchange-or-store', 'compare-exchange'],
  tracksDirtyFirst: [true, false],
  trackingHandsDirtOn: [true, false],
  accessedMeans: ['not-tracked', 'accessed-bit'],
  hasSoftwareDirtyBit: [true, false],
  rmapsHaveBitLock: [true, false],
  atomicUpdate: ['spte_has_volatile_bits', 'spte_needs_atomic_update'],
  protectsMaskedBy: ['exchange-or-store', 'fetch-and-or-store'],
  zapBookkeeping: ['before-flush', 'after-flush'],
  tdpRootsTakeMmuLock: ['write', 'read'],
  tdpBulkTakesMmuLock: ['write', 'read'],
  nonpresentSpte: [0, NONPRESENT_MARKER],
  writeLossFlushes: ['writable', 'mmu-writable'],
  flushesClearedAccessedDirty: [true, false],
  passesAccessedOn: [true, false],
  marksHostPageDirty: ['when-lost', 'when-created'],
  faultKeepsPresentLeaf: [true, false],
  setsDirtyOverWritable: [true, false],
  faultBelowHugeLeaf: ['zap', 'split'],
  hasPrefault: [true, false],
  prefaultGivesUpOnInvalidSlot: [true, false],
  loggingEnds: ['zap', 'collapse'],
  pageoutAges: [true, false],
  lruAsksKvm: ['at-eviction', 'always', 'in-batches', 'in-whole-batches'],
  hugeZeroPageWritten: ['split', 'replace'],
  clearsOnlyYoung: [true, false],
  clearsOnlySelected: [true, false],
  clearsBothMmus: [true, false],
  agesTouchedHugeLeaf: [true, false],
  testKeepsAccessed: [true, false],
  faultSetsAccessed: [true, false],
  prefetchKeepsOld: [true, false],
  prefetches: [true, false],
  prefetchSparesLoggedSlots: [true, false],
  prefetchNeedsAccessedBit: [true, false],
  prefetchNeedsWritableHostPage: [true, false],
  readFaultMapsWritable: [true, false],
  writableLeafIsDirty: [true, false],
  fastPageFault: [true, false],
  fastPageFaultRestoresAccessed: [true, false],
  logsWritablePages: [true, false],
  faultChecksInvalidation: ['under-lock', 'before-lock', 'never'],
  zapFlush: ['acknowledged', 'requested', 'none'],
  zapsRmaps: [true, false],
  loggingForbidsHugePages: [true, false],
  loggingProtects: [true, false],
  loggingSplits: [true, false],
  splitInheritsAccessed: [true, false],
  logHandOutProtects: [true, false],
  slotDeletionZapsAll: [true, false],
  hugePagesNeedAlignment: [true, false],
  roundsOutward: [true, false],
  callersHoldPageTableLock: [true, false],
  agesEverySlot: [true, false],
  bitmapTestAsksAll: [true, false],
  rmapLockRechecksEmpty: [true, false],
  memslotSwapWaits: [true, false],
  recyclesAfterGracePeriod: [true, false],
};

/** A variant with one rule turned into something else. */
export interface RuleMutant {
  readonly rule: RuleName;
  /** `rule=value`. */
  readonly name: string;
  readonly breaks: Partial<Rules>;
}

/** Every way of turning one rule of a variant. */
export function ruleMutants(variant: Variant): readonly RuleMutant[] {
  return (Object.keys(ruleValues) as RuleName[]).flatMap((rule) =>
    ruleValues[rule]
      .filter((value) => value !== variant.rules[rule])
      .map((value) => ({ rule, name: `${rule}=${value}`, breaks: { [rule]: value } })),
  );
}

/** By its name, `rule=value`, whatever the variant's own value is. */
export function findRuleMutant(name: string): RuleMutant | undefined {
  const [rule = '', text] = name.split('=');
  const values: readonly Rules[RuleName][] | undefined = ruleValues[rule as RuleName];
  const value = values?.find((candidate) => String(candidate) === text);
  return value === undefined ? undefined : { rule: rule as RuleName, name, breaks: { [rule]: value } };
}
