import { describe, expect, it } from 'vitest';
import type { Rules } from '../../src/mmu/rules.ts';
import { findMutant, mutants } from '../../src/variants/mutants.ts';
import { findRuleMutant } from '../../src/variants/rule-mutants.ts';
import { variants } from '../../src/variants/variants.ts';
import { checkShipped, forbidden } from '../support/scenarios/check-shipped.ts';

const TIMEOUT_MS = 60_000;
const [LOCKED, LOCKLESS] = ['mmu-lock-6.1', 'lockless-7.3'] as const;

/** A mutant, or `rule=value`; the variant that it breaks; the scenario that shows it; the property that it violates there. */
type Kill = readonly [mutant: string, variant: string, scenario: string, property: string];

const kills: readonly Kill[] = [
  // The mutants.
  ['clear-by-store', LOCKLESS, 'clear-invalidate', 'use-after-invalidate'],
  ['clear-untested', LOCKED, 'accesses-clears', 'access-lost'],
  ['clear-untested', LOCKLESS, 'accesses-clears', 'access-lost'],
  ['clear-unselected', LOCKLESS, 'access-clear-bitmap', 'access-lost'],
  ['no-flush', LOCKED, 'access-invalidate-tlb', 'use-after-invalidate'],
  ['no-flush', LOCKLESS, 'access-invalidate-tlb', 'use-after-invalidate'],
  ['flush-without-ack', LOCKED, 'access-invalidate-tlb', 'use-after-invalidate'],
  ['flush-without-ack', LOCKLESS, 'access-invalidate-tlb', 'use-after-invalidate'],
  ['flush-without-ack', LOCKLESS, 'recover-recycled-under-walk', 'use-after-invalidate'],
  ['fault-ignores-invalidation', LOCKED, 'fault-invalidate', 'use-after-invalidate'],
  ['fault-ignores-invalidation', LOCKLESS, 'fault-invalidate', 'use-after-invalidate'],
  ['fault-checks-before-lock', LOCKED, 'fault-invalidate', 'use-after-invalidate'],
  ['fault-checks-before-lock', LOCKLESS, 'fault-invalidate', 'use-after-invalidate'],
  ['round-inward', LOCKED, 'damon-unaligned', 'access-lost'],
  ['round-inward', LOCKLESS, 'damon-unaligned', 'access-lost'],
  ['first-slot-only', LOCKED, 'clear-over-two-slots', 'access-lost'],
  ['first-slot-only', LOCKLESS, 'clear-over-two-slots', 'access-lost'],
  ['recycle-early', LOCKLESS, 'recover-recycled-under-clear', 'use-after-free'],
  ['recycle-early', LOCKLESS, 'nested-drop-recycled-under-clear', 'use-after-free'],
  ['fault-without-accessed', LOCKED, 'two-faults-one-page-clear', 'access-lost'],

  // Sound rules: what every kernel does.
  ['clearsOnlyYoung=false', LOCKLESS, 'recover-recycled-under-clear', 'malformed-spte'],
  ['clearsOnlySelected=false', LOCKLESS, 'test-bitmap-clear-bitmap', 'access-lost'],
  ['clearsBothMmus=false', LOCKED, 'nested-with-l1-clear', 'access-misreported'],
  ['clearsBothMmus=false', LOCKLESS, 'nested-with-l1-clear', 'access-misreported'],
  ['agesTouchedHugeLeaf=false', LOCKED, 'huge-access-clear', 'access-lost'],
  ['agesTouchedHugeLeaf=false', LOCKLESS, 'huge-access-clear', 'access-lost'],
  ['testKeepsAccessed=false', LOCKED, 'access-test', 'access-lost'],
  ['testKeepsAccessed=false', LOCKLESS, 'access-test', 'access-lost'],
  ['faultSetsAccessed=false', LOCKLESS, 'no-ad-restore-clear', 'access-lost'],
  ['prefetchKeepsOld=false', LOCKED, 'shadow-prefetch-clear', 'access-misreported'],
  ['prefetchKeepsOld=false', LOCKLESS, 'prefault-clear', 'access-misreported'],
  ['fastPageFaultRestoresAccessed=false', LOCKLESS, 'no-ad-access-clear', 'access-lost'],
  ['logsWritablePages=false', LOCKED, 'protecting-log-get-write', 'dirty-lost'],
  ['logsWritablePages=false', LOCKLESS, 'protecting-log-get-write', 'dirty-lost'],
  ['faultChecksInvalidation=never', LOCKLESS, 'fault-invalidate', 'use-after-invalidate'],
  ['zapFlush=none', LOCKLESS, 'protecting-log-get-write-tlb', 'write-unprotected'],
  ['zapsRmaps=false', LOCKED, 'shadow-invalidate-access', 'use-after-invalidate'],
  ['zapsRmaps=false', LOCKLESS, 'nested-invalidate', 'use-after-invalidate'],
  ['loggingForbidsHugePages=false', LOCKED, 'huge-log-fault', 'dirty-lost'],
  ['loggingForbidsHugePages=false', LOCKLESS, 'huge-log-fault', 'write-unprotected'],
  ['loggingProtects=false', LOCKED, 'protecting-log-on-write', 'dirty-lost'],
  ['loggingProtects=false', LOCKLESS, 'huge-log-on-write', 'write-unprotected'],
  ['splitInheritsAccessed=false', LOCKED, 'huge-split-clear', 'access-lost'],
  ['splitInheritsAccessed=false', LOCKLESS, 'huge-split-clear', 'access-lost'],
  ['logHandOutProtects=false', LOCKED, 'protecting-log-get-write', 'write-unprotected'],
  ['logHandOutProtects=false', LOCKLESS, 'protecting-log-get-write', 'dirty-lost'],
  ['slotDeletionZapsAll=false', LOCKED, 'delete-slot-clear', 'access-lost'],
  ['hugePagesNeedAlignment=false', LOCKED, 'huge-unaligned-slot-invalidate', 'use-after-invalidate'],
  ['hugePagesNeedAlignment=false', LOCKLESS, 'huge-unaligned-slot-invalidate', 'use-after-invalidate'],
  ['callersHoldPageTableLock=false', LOCKLESS, 'two-callers-clear', 'access-misreported'],
  ['callersHoldPageTableLock=false', LOCKLESS, 'lru-walk-lru-evict', 'access-misreported'],
  ['roundsOutward=false', LOCKLESS, 'damon-unaligned', 'access-lost'],
  ['agesEverySlot=false', LOCKLESS, 'test-bitmap-over-two-slots', 'access-lost'],
  ['bitmapTestAsksAll=false', LOCKLESS, 'two-vms-test-bitmap', 'access-lost'],
  ['rmapLockRechecksEmpty=false', LOCKLESS, 'nested-drop-fault-clear', 'deadlock'],
  ['memslotSwapWaits=false', LOCKED, 'delete-slot-invalidate-fault', 'cannot-finish'],
  ['memslotSwapWaits=false', LOCKLESS, 'delete-slot-invalidate-fault', 'cannot-finish'],
  ['recyclesAfterGracePeriod=false', LOCKLESS, 'recover-recycled-under-clear', 'use-after-free'],

  // What one kernel does and another may not.
  ['agingTakesMmuLock=false', LOCKED, 'clear-invalidate', 'use-after-invalidate'],
  ['agingTakesMmuLock=false', LOCKED, 'zap-all-clear', 'sentinel-clobbered'],
  ['rmapsHaveBitLock=false', LOCKLESS, 'nested-access-clear', 'lock-discipline'],
  ['slowPassHasMetadata=false', LOCKED, 'v3-clear-flush-young', 'null-dereference'],
  ['hugeLeafInBitmap=first-gfn', LOCKLESS, 'v3-huge-in-front-of-range', 'out-of-range'],
  ['hugeLeafInBitmap=first-gfn', LOCKLESS, 'v3-huge-in-front-of-range', 'kernel-warning'],
  ['hugeLeafInBitmap=first-gfn', LOCKLESS, 'v3-huge-one-bit', 'access-lost'],
  ['unselectedCountsAsYoung=true', LOCKLESS, 'v3-arm64-unselected-young', 'wrong-flags'],
  ['rcuSpans=one-root', LOCKLESS, 'v3-root-freed-under-walk', 'use-after-free'],
  ['rootsGuardedBy=mmu-lock', LOCKLESS, 'v3-roots-without-lock', 'lock-discipline'],
  ['lruAsksKvm=in-batches', LOCKLESS, 'v3-trimmed-clear', 'access-misreported'],
  ['clearsAccessedBy=exchange-or-store', LOCKLESS, 'protecting-log-clear-young', 'write-unprotected'],
  ['clearsAccessedBy=fetch-and-or-store', LOCKLESS, 'protecting-log-clear-young', 'write-unprotected'],
  ['prefaultGivesUpOnInvalidSlot=false', LOCKLESS, 'prefault-deleted-slot', 'cannot-finish'],
  ['rmapWalkAligned=false', LOCKED, 'shadow-huge-range-touches-next', 'access-lost'],
];

/** Sound rules that no scenario can show broken, each with the reason. */
const unshowable: { readonly [Name in keyof Rules]?: string } = {
  prefetches: 'a page that is not mapped in advance is mapped when it is accessed: more faults, nothing wrong',
  prefetchSparesLoggedSlots: 'what is mapped writable in advance is logged as well: too much dirt, never too little',
  prefetchNeedsAccessedBit: 'what is mapped in advance without an Accessed bit is access-tracked, and looks old',
  prefetchNeedsWritableHostPage: 'only how many pages are mapped in advance',
  readFaultMapsWritable: 'a page that is mapped read-only is mapped anew when it is written: one more fault',
  writableLeafIsDirty: 'the hardware sets Dirty with the write; without it the first write is logged a second time',
  fastPageFault: 'what is not mended without mmu_lock is mended with it',
};

/** Rules in which no two variants differ: only mutants break them. */
const soundRules = (Object.keys(variants[0]?.rules ?? {}) as (keyof Rules)[]).filter((rule) =>
  variants.every(({ rules }) => rules[rule] === variants[0]?.rules[rule]),
);

/** Properties that some mutant can violate by now. */
const properties = [
  'access-lost',
  'access-misreported',
  'cannot-finish',
  'deadlock',
  'dirty-lost',
  'kernel-warning',
  'lock-discipline',
  'malformed-spte',
  'null-dereference',
  'out-of-range',
  'sentinel-clobbered',
  'use-after-free',
  'use-after-invalidate',
  'write-unprotected',
  'wrong-flags',
];

describe('In shipped scenarios', () => {
  it.each(kills)(
    '%s, of %s, is violated: %s shows %s',
    { timeout: TIMEOUT_MS },
    (mutant, variant, scenario, property) => {
      const unbroken = checkShipped(scenario, variant);
      expect([unbroken.verdict, unbroken.complete, unbroken.expectation]).toEqual(['holds', true, 'met']);
      const broken = checkShipped(scenario, variant, mutant);
      expect(broken.verdict).toBe('violated');
      expect(forbidden(broken)).toContain(property);
    },
  );

  it('every mutant is violated in the property that it is said to violate', () => {
    for (const { name, violates } of mutants) {
      expect(kills.filter(([mutant]) => mutant === name).map((kill) => kill[3])).toContain(violates);
    }
    for (const [name] of kills) expect(findMutant(name) ?? findRuleMutant(name), name).toBeDefined();
  });

  it('every sound rule is shown broken, or said not to be', () => {
    const shown = new Set(
      kills.flatMap(([name]) => Object.keys(findMutant(name)?.breaks ?? findRuleMutant(name)?.breaks ?? {})),
    );
    for (const rule of soundRules) expect(shown.has(rule) !== rule in unshowable, rule).toBe(true);
    for (const rule of Object.keys(unshowable)) expect(soundRules, rule).toContain(rule);
  });

  it('every property is violated by some mutant', () => {
    expect([...new Set(kills.map((kill) => kill[3]))].sort()).toEqual(properties);
  });
});
