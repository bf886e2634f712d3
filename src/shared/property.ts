/** What each property says, in one sentence. The ids are stable and appear in every report. */
export const propertyText = {
  'access-lost': 'an access that ended before a covering call began was reported by no call: the page looks old',
  'access-misreported': 'a page was reported young with no access since a call last reported and cleared it',
  'use-after-invalidate': 'after an invalidation had started, an access reached what the host had taken back',
  'use-after-free': 'a walk entered a table that was handed out again before its grace period was over',
  'dirty-lost': 'a write that ended before the dirty log was handed out is in none',
  'write-unprotected': 'a page that was announced as write-protected was written without a fault',
  'sentinel-clobbered': 'a frozen SPTE was changed by another thread than the one that had frozen it',
  'malformed-spte': 'an SPTE is none of: nonpresent, frozen, a valid present combination',
  'null-dereference': 'the kernel reads through an argument that is NULL, and crashes',
  'out-of-range': 'the kernel indexes outside an object, and crashes',
  'kernel-warning': 'a WARN of the kernel fires',
  'wrong-flags': 'what an aging call returns contradicts what it found, or what its flags are documented to mean',
  'lock-discipline': 'a lock is missing where it is needed, taken in the wrong order, not given back, or slept under',
  deadlock: 'threads wait for each other for ever',
  'cannot-finish': 'from here on the threads can run for ever, but never to their end',
} as const;

export type PropertyName = keyof typeof propertyText;

/** Those that a stress run judges. */
export const propertyIds = [
  'access-lost',
  'access-misreported',
  'use-after-invalidate',
  'use-after-free',
] as const satisfies readonly PropertyName[];

export type PropertyId = (typeof propertyIds)[number];

/**
 * The documented exceptions of the real kernels, each with what it excuses. The list is closed: whatever else violates a
 * property is forbidden, whether or not a real kernel does it.
 */
export const reasonText = {
  'tlb-hit': 'lost: the access went through a cached translation, and aging does not flush',
  zapped: 'lost: the SPTE that knew of the access was zapped',
  'nonatomic-accessed': 'lost or misreported: a plain store where only Accessed may change meanwhile (since 6.15)',
  'invalid-root': 'lost: lockless aging skips roots that were invalidated',
  'cas-failed': 'misreported: without A/D bits a failed compare-exchange counts as young',
  'huge-granularity': 'misreported: a 2M leaf is young as a whole',
  'split-inherits': 'misreported: the parts of a split 2M leaf inherit its Accessed bit',
  'collapse-first-child': 'lost or misreported: a collapsed 2M leaf takes Accessed from its first 4K leaf (7.3)',
  'prefault-rewrites': 'lost: a prefault of a mapped page clears its Accessed bit (6.12)',
} as const;

export type ReasonId = keyof typeof reasonText;

/** Those that a stress run can come across. */
export const tolerationIds = ['tlb-hit', 'zapped', 'invalid-root'] as const satisfies readonly ReasonId[];

export type TolerationId = (typeof tolerationIds)[number];
